using Granary.Engine.Market;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Converts faults of a feed to exceptions of the source that it reads.</summary>
internal static class FeedFault
{
    /// <param name="mayPass">Whether a retry on another silo or later may succeed.</param>
    /// <param name="line">Line of the file with the fault, from 1; null if the fault is not in a file.</param>
    public static Exception Of(string fault, bool mayPass, long? line = null) =>
        mayPass ? new BarStoreException(fault) : BarDataException.InLine(fault, line);
}
