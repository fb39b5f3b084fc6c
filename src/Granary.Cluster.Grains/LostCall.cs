using Orleans.Runtime;

namespace Granary.Cluster.Grains;

/// <summary>Distinguishes calls that were lost with a silo from calls that failed.</summary>
internal static class LostCall
{
    /// <summary>Whether the same call may succeed if it is repeated.</summary>
    public static bool Is(Exception e) =>
        e is OrleansException or TimeoutException or ObjectDisposedException or OrleansMessageRejectionException
            or SiloUnavailableException;

    /// <summary>Whether a silo is neither active nor stopping.</summary>
    public static bool IsOf(IReadOnlyDictionary<SiloAddress, ClusterMember> members, SiloAddress silo) =>
        !members.TryGetValue(silo, out var member)
        || member.Status is not (SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping);

    /// <summary>Makes a call on which nothing depends, and ignores its loss.</summary>
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
