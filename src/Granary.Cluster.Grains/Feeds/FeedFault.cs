using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Faults of a feed as those of the source that it reads.</summary>
internal static class FeedFault
{
    /// <param name="mayPass">Whether a retry on another silo or later may succeed.</param>
    /// <param name="line">Line of a file that the fault is in, from 1; null if it is in none.</param>
    public static Exception Of(string fault, bool mayPass, long? line = null) =>
        mayPass ? new BarStoreException(fault) : BarDataException.InLine(fault, line);
}
