using System.Runtime.CompilerServices;
using Granary.Data.Memory;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Server.JobKinds;

/// <summary>Estimates the work of a batch before its bars are read, for limits of what waits.</summary>
internal static class BatchWork
{
    // A row of a CSV file of bars has about this many bytes.
    private const double BytesOfBar = 40;

    // A folder that this process may not read adds nothing here; reading it says so.
    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>What a market is taken to have where neither files nor dates say it.</summary>
    private const double UnknownBars = 1_000_000;

    /// <summary>To plan and to open a market takes at least as long as this many bars, whether it has them or not.</summary>
    private const double LeastBars = 100;

    /// <summary>Above this many comparisons of files with symbols, all files count.</summary>
    private const double MostComparisons = 10_000_000;

    /// <summary>Bars times strategies: by the length of the files, else by the dates of the batch.</summary>
    public static double Estimate(BatchSpec spec)
    {
        var strategies = spec.Strategies.Sum(entry =>
            entry.Params.Aggregate((double)(entry.Timeframes?.Count ?? 1), (count, p) => count * p.Values.Count));
        return Parts(spec).Sum(p => Math.Max(BarsOf(p), LeastBars * p.Symbols.Count) * strategies
            + (Generated(p)?.Minutes ?? 0));
    }

    /// <summary>
    /// Refuses a batch that no server runs: with too many strategies, or with generated bars that it cannot hold, since all are in memory.
    /// </summary>
    /// <exception cref="InputException">It is one.</exception>
    public static void Check(BatchSpec spec)
    {
        BatchPlan.CheckSize(spec, spec.Data.Symbols.Count);
        var bars = Parts(spec).Sum(p => Generated(p)?.Bars ?? 0);
        if (bars * Unsafe.SizeOf<Bar>() <= ProcessMemory.Most) return;
        throw spec.Data.Place.Fault(FormattableString.Invariant($"the source generates about {bars:0.##E+0} bars, which need ")
            + FormattableString.Invariant($"{bars * Unsafe.SizeOf<Bar>() / 1e9:N0} GB of memory, and this process may use ")
            + FormattableString.Invariant($"{ProcessMemory.Most / 1e9:0.##} GB; name fewer symbols, a shorter time or longer bars"));
    }

    private static IEnumerable<DataSpec> Parts(BatchSpec spec) =>
        spec.Data.Parts.Count == 0 ? [spec.Data] : spec.Data.Parts.Select(p => p.Data);

    private static (double Bars, double Minutes)? Generated(DataSpec data) => data.Source.Scheme == Address.Generated
        ? GeneratedBarSource.Of(data.Source).Count(data.Symbols, data.Timeframe) : null;

    private static double BarsOf(DataSpec data)
    {
        if (Generated(data) is { } generated) return generated.Bars;
        if (data.Source.Path is { } path && Directory.Exists(path))
        {
            var files = new DirectoryInfo(path).EnumerateFiles("*", _all).ToList();
            var all = data.Symbols is ["*"] || (double)files.Count * data.Symbols.Count > MostComparisons;
            var named = files.Where(f => all || data.Symbols.Any(s => f.FullName.Contains(s, StringComparison.OrdinalIgnoreCase))).ToList();
            // Symbols that no name has are inside of files.
            return (named.Count > 0 ? named : files).Sum(f => f.Length) / BytesOfBar;
        }
        var bars = data.From is { } from && data.To is { } to ? (double)(to - from) / data.Timeframe.Ticks : UnknownBars;
        return bars * data.Symbols.Count;
    }
}
