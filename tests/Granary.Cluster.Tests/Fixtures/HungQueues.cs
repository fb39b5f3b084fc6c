using Orleans.Runtime;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>The queues of the memory streams as on a silo that hangs: what is sent to them is answered only in the end.</summary>
internal sealed class HungQueues : IIncomingGrainCallFilter
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;

    /// <summary>Number of calls that had to wait.</summary>
    public int Held => _held;

    public void Release() => _end.TrySetResult();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.MethodName == "Enqueue")
        {
            Interlocked.Increment(ref _held);
            await _end.Task;
        }
        await context.Invoke();
    }
}
