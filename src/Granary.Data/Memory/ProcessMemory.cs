using Granary.Engine.Market;

namespace Granary.Data.Memory;

/// <summary>
/// The memory that bars and plans may take: a share of what the process has, so that a batch that is too large is refused before the
/// process has no memory left.
/// </summary>
public static class ProcessMemory
{
    private const double Share = 0.8;

    /// <summary>Bytes that the process may hold.</summary>
    public static long Most => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * Share);

    /// <summary>
    /// Gives memory that is free back to the operating system, after work that needed much: the collector alone keeps it for the next
    /// work, which may come tomorrow.
    /// </summary>
    public static void Return() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Refuses work while the process holds more than it may; call it in each stage, about once a market.</summary>
    /// <param name="what">What is being done, for the message.</param>
    /// <param name="more">Bytes that the next step needs.</param>
    /// <exception cref="BarDataException">Too little memory is left.</exception>
    public static void Check(string what, double more = 0)
    {
        // Only where memory is short it is worth finding out what of it is free.
        if (GC.GetTotalMemory(forceFullCollection: false) + more <= Most || GC.GetTotalMemory(forceFullCollection: true) + more <= Most)
            return;
        throw new BarDataException(FormattableString.Invariant($"{what} needs more than the {Most / 1e9:0.##} GB of memory that this ")
            + "process may use; name fewer symbols, a shorter time or longer bars, or import the bars into a store");
    }
}
