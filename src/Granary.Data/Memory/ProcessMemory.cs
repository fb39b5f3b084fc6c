using Granary.Engine.Market;

namespace Granary.Data.Memory;

/// <summary>
/// Limits the memory for bars and plans to a share of the available memory. Granary refuses a batch that is too large before the process
/// runs out of memory.
/// </summary>
public static class ProcessMemory
{
    private const double Share = 0.8;

    /// <summary>The number of bytes that the process may hold.</summary>
    public static long Most => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * Share);

    /// <summary>
    /// Returns free memory to the operating system after memory-intensive work. Without this call, the garbage collector keeps it for later
    /// allocations.
    /// </summary>
    public static void Return() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Refuses work while the process holds more than it may; call it in each stage, about once a market.</summary>
    /// <param name="what">Name of the operation, for the message.</param>
    /// <param name="more">Bytes that the next step needs.</param>
    /// <param name="remedy">What the user can do.</param>
    /// <exception cref="BarDataException">Too little memory is left.</exception>
    public static void Check(string what, double more = 0,
        string remedy = "name fewer symbols, a shorter time or longer bars, or import the bars into a store")
    {
        // A full collection is worth its time only if memory is short.
        if (GC.GetTotalMemory(forceFullCollection: false) + more <= Most || GC.GetTotalMemory(forceFullCollection: true) + more <= Most)
            return;
        throw new BarDataException(FormattableString.Invariant($"{what} needs more than the {Most / 1e9:0.##} GB of memory that this ")
            + $"process may use; {remedy}");
    }
}
