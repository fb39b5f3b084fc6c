using Orleans.Runtime;

namespace Granary.Cluster.Grains;

/// <summary>Tells a call that was lost with a silo from one that failed.</summary>
internal static class Loss
{
    /// <summary>Whether the same call may succeed when it is made again.</summary>
    public static bool Is(Exception e) =>
        e is OrleansException or TimeoutException or ObjectDisposedException or OrleansMessageRejectionException
            or SiloUnavailableException;

    /// <summary>Makes a call that nothing depends on: a loss of it is ignored.</summary>
    public static async Task IgnoreAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (Is(e))
        {
            // The notification is optional.
        }
    }
}
