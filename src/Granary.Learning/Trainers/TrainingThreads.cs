namespace Granary.Learning.Trainers;

/// <summary>Runs independent pieces on as many threads as were asked for, where the work is worth the hand-over.</summary>
public sealed class TrainingThreads(TrainingOptions options)
{
    // Handing a loop to the pool costs some ten microseconds.
    private const long WorthParallel = 400_000;

    /// <param name="operations">Roughly, over all pieces.</param>
    /// <param name="piece">Writes to places of its own only, so that the order of the pieces does not matter.</param>
    public void For(int count, long operations, Action<int> piece)
    {
        if (options.Threads <= 1 || count <= 1 || operations < WorthParallel)
        {
            for (var i = 0; i < count; i++) piece(i);
            return;
        }
        try
        {
            Parallel.For(0, count,
                new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = options.Cancellation }, piece);
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
