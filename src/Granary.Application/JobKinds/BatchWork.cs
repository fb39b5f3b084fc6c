using Granary.Application.Batches;
using Granary.Storage.Addresses;

namespace Granary.Application.JobKinds;

/// <summary>Estimates the work of a batch before its bars are read, for limits of what waits.</summary>
internal static class BatchWork
{
    // A row of a CSV file of bars has about this many bytes.
    private const double BytesOfBar = 40;

    // A folder that this process may not read adds nothing here; reading it says so.
    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>What a market is taken to have where neither files nor dates say it.</summary>
    private const double UnknownBars = 1_000_000;

    /// <summary>Bars times strategies: by the length of the files, else by the dates of the batch.</summary>
    public static double Estimate(BatchSpec spec)
    {
        var strategies = spec.Strategies.Sum(entry =>
            entry.Params.Aggregate((double)(entry.Timeframes?.Count ?? 1), (count, p) => count * p.Values.Count));
        var bars = spec.Data.Parts.Count == 0 ? BarsOf(spec.Data)
            : spec.Data.Parts.Sum(p => BarsOf(p.Data));
        return bars * strategies;
    }

    private static double BarsOf(DataSpec data)
    {
        if (data.Source.Path is { } path && Directory.Exists(path))
            return new DirectoryInfo(path).EnumerateFiles("*", _all)
                .Where(f => data.Symbols is ["*"] || data.Symbols.Any(s => f.FullName.Contains(s, StringComparison.OrdinalIgnoreCase)))
                .Sum(f => f.Length) / BytesOfBar;
        var bars = data.From is { } from && data.To is { } to ? (double)(to - from) / data.Timeframe.Ticks : UnknownBars;
        return bars * data.Symbols.Count;
    }
}
