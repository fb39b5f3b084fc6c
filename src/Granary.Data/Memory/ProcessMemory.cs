using Granary.Engine.Market;

namespace Granary.Data.Memory;

/// <summary>
/// Limits the memory for bars and plans to a share of the available memory. Granary refuses a batch that is too large before the process
/// runs out of memory.
/// </summary>
internal static class ProcessMemory
{
    /// <summary>The share of the available memory; the rest is a reserve.</summary>
    public const double Share = 0.8;

    /// <summary>The number of bytes that the process may hold.</summary>
    public static long Most => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * Share);

    /// <summary>The number of bytes that the process holds, without what a collection frees where memory is short.</summary>
    /// <param name="more">Bytes that the next step needs.</param>
    public static long Held(double more) => GC.GetTotalMemory(forceFullCollection: false) is var held && held + more <= Most ? held
        : GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>
    /// Returns free memory to the operating system after memory-intensive work. Without this call, the garbage collector keeps it for later
    /// allocations.
    /// </summary>
    public static void Return() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Refuses work while the process holds more than it may; call it in each stage, about once a market.</summary>
    /// <param name="what">Name of the operation, for the message.</param>
    /// <param name="more">Bytes that the next step needs.</param>
    /// <exception cref="BarDataException">Too little memory is left.</exception>
    public static void Check(string what, double more = 0)
    {
        if (Held(more) + more <= Most) return;
        throw new BarDataException(FormattableString.Invariant($"{what} needs more than the {Most / 1e9:0.##} GB of memory that this ")
            + "process may use; name fewer symbols, a shorter time or longer bars, or import the bars into a store");
    }
}
