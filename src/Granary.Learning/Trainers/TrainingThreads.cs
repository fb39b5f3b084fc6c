namespace Granary.Learning.Trainers;

/// <summary>Runs independent items on the requested number of threads, if the work is large enough.</summary>
internal sealed class TrainingThreads(TrainingOptions options)
{
    // Starting a parallel loop costs about ten microseconds.
    private const long WorthParallel = 400_000;

    /// <param name="operations">The approximate number of operations of all items.</param>
    /// <param name="piece">The work; it writes only to its own memory, so the order of the items does not matter.</param>
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
