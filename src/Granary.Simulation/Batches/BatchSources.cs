using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>Opens the bar source of a batch file.</summary>
public static class BatchSources
{
    /// <summary>Opens the source and applies the batch's instrument settings.</summary>
    /// <param name="sources">The bar sources that the process knows.</param>
    /// <param name="open">Opens an address with options; null uses <paramref name="sources"/>.</param>
    /// <exception cref="InputException">The source does not exist.</exception>
    public static IBarSource Open(BarSourceCatalogue sources, DataSpec data,
        Func<Address, BarFileOptions, IBarSource>? open = null) => data.Parts.Count > 0
        ? new JoinedSource(data.Timeframe, [.. data.Parts.Select(p => (Open(sources, p.Data, open), p.Data))])
        : sources.Knows(data.Source)
        ? DeclaredSource.Of((open ?? sources.Open)(data.Source, Options(data)), data)
        : throw data.Place.Fault($"'{data.Source}' is not a source that this host reads; write one of {sources.Forms}");

    public static BarFileOptions Options(DataSpec data) => new()
    {
        Format = data.Format,
        Adjust = data.Adjust,
        TimeZone = data.TimeZone,
        Stamp = data.Stamp,
        Columns = data.Columns,
    };

    /// <summary>Returns the batch's distinct symbols in the order of the file, with "*" resolved.</summary>
    public static async Task<IReadOnlyList<string>> SymbolsAsync(IBarSource source, DataSpec data, CancellationToken cancellationToken)
    {
        if (!data.Symbols.Contains("*")) return [.. data.Symbols.Distinct(StringComparer.Ordinal)];
        var all = await source.ListSymbolsAsync(data.Timeframe, cancellationToken);
        if (all.Count > 0 && data.Among is { } members)
            return all.Where(members.Contains).ToList() is { Count: > 0 } some ? some
                : throw data.Place.Fault($"'{data.Source}' has no symbol that is a member of the universe in the batch's range; correct "
                    + "universe.members, or data.from and data.to");
        return all.Count > 0 ? all : throw data.Place.Fault($"'{data.Source}' has no {data.Timeframe} bars of any symbol");
    }
}
