using Granary.Simulation.Json;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Services;

/// <summary>Repeats calls that are lost with a silo, until a timeout.</summary>
internal static class GrainCalls
{
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_attempt = TimeSpan.FromSeconds(15);

    /// <param name="call">An idempotent call. The token cancels one attempt; a call that stores something ignores it.</param>
    /// <param name="timeout">null = 30 s.</param>
    /// <param name="clock">For pauses and timeouts; null for the system's.</param>
    /// <exception cref="ServiceUnavailableException">There was no answer in time.</exception>
    public static async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken,
        TimeSpan? timeout = null, TimeProvider? clock = null)
    {
        var longest = timeout ?? s_defaultTimeout;
        var time = clock ?? TimeProvider.System;
        var begun = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        while (true)
        {
            try
            {
                return await TimedCall.CallAsync(call, s_attempt, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or ObjectDisposedException)
            {
                if (time.GetElapsedTime(begun) > longest)
                    throw new ServiceUnavailableException($"the cluster did not answer "
                        + $"within {longest.TotalSeconds:0} s ({e.Message.TrimEnd('.')}); look whether its silos run, and try again", e);
            }
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            if (pause < TimeSpan.FromSeconds(1)) pause *= 2;
        }
    }
}
