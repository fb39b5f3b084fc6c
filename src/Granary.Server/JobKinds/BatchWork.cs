using System.Runtime.CompilerServices;
using Granary.Data.Memory;
using Granary.Data.Synthetic;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Server.JobKinds;

/// <summary>Estimates the work of a batch before its bars are read, for limits of the queue.</summary>
internal static class BatchWork
{
    // The approximate size of a row in a CSV file of bars.
    private const double BytesOfBar = 40;

    // Unreadable folders are skipped here; reading the batch reports them.
    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>The assumed number of bars of a market if neither files nor dates show it.</summary>
    private const double UnknownBars = 1_000_000;

    /// <summary>Planning and opening a market takes at least as long as this many bars.</summary>
    private const double LeastBars = 100;

    /// <summary>With more comparisons of files and symbols than this, all files are counted.</summary>
    private const double MostComparisons = 10_000_000;

    /// <summary>Estimates bars times strategies from the size of the files or, without files, from the dates of the batch.</summary>
    public static double Estimate(BatchSpec spec)
    {
        var strategies = spec.Strategies.Sum(entry =>
            entry.Params.Aggregate((double)(entry.Timeframes?.Count ?? 1), (count, p) => count * p.Values.Count)
                * ParameterSearchReader.TrialsOf(entry));
        return Parts(spec).Sum(p => Math.Max(BarsOf(p), LeastBars * p.Symbols.Count) * strategies
            + (Generated(p)?.Minutes ?? 0));
    }

    /// <summary>Estimates the bytes of memory that a batch needs while it runs; see <see cref="BatchMemory"/>.</summary>
    public static double MemoryOf(BatchSpec spec) => BatchMemory.Of(spec, spec.Data.Symbols.Count).Bytes;

    /// <summary>
    /// Refuses a batch that exceeds a server's limits: too many strategies, or more of them or of generated bars than fit into memory.
    /// </summary>
    /// <exception cref="InputException">The batch exceeds a limit.</exception>
    public static void Check(BatchSpec spec)
    {
        BatchPlan.CheckSize(spec, spec.Data.Symbols.Count);
        BatchMemory.Check(spec, spec.Data.Symbols.Count);
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
        // The size of files would show how many bars are held out.
        if (data.Source.Path is { } file && data.Holdout is null && File.Exists(file))
            return (double)new FileInfo(file).Length / BytesOfBar;
        if (data.Source.Path is { } path && data.Holdout is null && Directory.Exists(path))
        {
            using var folder = data.Source.Files.OpenFolder(path);
            var files = new DirectoryInfo(folder.Path).EnumerateFiles("*", _all).ToList();
            var all = data.Symbols is ["*"] || (double)files.Count * data.Symbols.Count > MostComparisons;
            var named = files.Where(f => all || data.Symbols.Any(s => f.FullName.Contains(s, StringComparison.OrdinalIgnoreCase))).ToList();
            // Symbols without a matching file name are inside of files.
            return (named.Count > 0 ? named : files).Sum(f => f.Length) / BytesOfBar;
        }
        var end = data.Holdout is { } holdout ? Math.Min(data.To ?? long.MaxValue, holdout) : data.To;
        var bars = data.From is { } from && end is { } to ? (double)(to - from) / data.Timeframe.Ticks : UnknownBars;
        return bars * data.Symbols.Count;
    }
}
