using Granary.Application.Json;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;

namespace Granary.Application.Batches;

/// <summary>Opens what a batch file calls its source.</summary>
public static class BatchSources
{
    private static readonly List<(string Scheme, Func<DataSpec, string, IBarSource> Open)> Schemes =
    [
        ("csv:", (data, folder) => Data.Sources.BarSources.Create(data.Source, Options(data), folder)),
        ("store:", (data, folder) => Data.Sources.BarSources.Create(data.Source, Options(data), folder)),
        ("postgres://", (data, folder) => Data.Sources.BarSources.Create(data.Source, Options(data), folder)),
        ("postgresql://", (data, folder) => Data.Sources.BarSources.Create(data.Source, Options(data), folder)),
        ("questdb://", (data, folder) => Data.Sources.BarSources.Create(data.Source, Options(data), folder)),
        ("generated:", (data, folder) => Data.Sources.BarSources.Create(data.Source, Options(data), folder)),
    ];

    /// <summary>Adds a kind of source, as a host that has its library does at start.</summary>
    public static void Add(string scheme, Func<DataSpec, string, IBarSource> open) => Schemes.Add((scheme, open));

    /// <summary>The source, its instruments as the batch declares them.</summary>
    /// <param name="folder">What a relative path is relative to.</param>
    public static IBarSource Open(DataSpec data, string folder)
    {
        foreach (var (scheme, open) in Schemes)
            if (data.Source.StartsWith(scheme, StringComparison.Ordinal))
                return DeclaredSource.Of(open(data, folder), data);
        throw data.Place.Fault($"'{data.Source}' is no source that this host reads; write one of {string.Join(", ", Schemes.Select(s => s.Scheme + "…"))}");
    }

    public static BarFileOptions Options(DataSpec data) => new()
    {
        Format = data.Format,
        Adjust = data.Adjust,
        TimeZone = data.TimeZone,
        Stamp = data.StampIsOpen ? BarStamp.Open : BarStamp.Close,
        Columns = data.Columns,
    };

    /// <summary>The batch's symbols, "*" resolved, each once, in the order in which they are named.</summary>
    public static async Task<IReadOnlyList<string>> SymbolsAsync(IBarSource source, DataSpec data, CancellationToken cancellationToken)
    {
        if (!data.Symbols.Contains("*")) return [.. data.Symbols.Distinct(StringComparer.Ordinal)];
        var all = await source.ListSymbolsAsync(data.Timeframe, cancellationToken);
        return all.Count > 0 ? all : throw data.Place.Fault($"'{data.Source}' has no {data.Timeframe} bars of any symbol");
    }
}
