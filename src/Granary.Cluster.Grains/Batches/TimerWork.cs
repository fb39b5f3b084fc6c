namespace Granary.Cluster.Grains.Batches;

/// <summary>Work of a timer callback that a silo which stops does not wait for.</summary>
internal static class TimerWork
{
    /// <summary>
    /// Waits for the work until the timer ends. Orleans would log the cancellation twice, with its stack trace, at the end of a batch.
    /// </summary>
    public static async Task UntilStoppedAsync(Task work, CancellationToken stop)
    {
        try
        {
            await work.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}
