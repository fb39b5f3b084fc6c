namespace Granary.Cluster.Grains;

/// <summary>Calls grains with a timeout. After it, the grain drops a call that still waits and cancels one that runs.</summary>
internal static class TimedCall
{
    /// <param name="call">A call that only reads, or one that ignores its token.</param>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public static async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan timeout, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        using var time = new CancellationTokenSource(timeout, clock);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        try
        {
            return await call(late.Token).WaitAsync(late.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"there was no answer within {timeout.TotalSeconds:0} s", e);
        }
    }
}
