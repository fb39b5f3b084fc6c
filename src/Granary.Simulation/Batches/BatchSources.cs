using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;

namespace Granary.Simulation.Batches;

/// <summary>Opens the bar source of a batch file.</summary>
internal static class BatchSources
{
    /// <summary>
    /// Opens the source, adds its further columns, leaves out the bars that the batch holds out, and applies its instrument settings.
    /// </summary>
    /// <param name="catalogues">The bar sources and formats of tables that the process knows.</param>
    /// <param name="open">Opens a source with its further columns in a different way; null reads it in this process.</param>
    /// <exception cref="InputException">The source does not exist.</exception>
    public static IBarSource Open(GranaryCatalogues catalogues, DataSpec data, Func<DataSpec, IBarSource>? open = null) =>
        data.Parts.Count > 0
        ? new JoinedSource(data.Timeframe, [.. data.Parts.Select(p => (Open(catalogues, p.Data, open), p.Data))])
        : catalogues.Sources.Knows(data.Source)
        ? DeclaredSource.Of(Chained(catalogues, data, open), data, catalogues)
        : throw data.Place.Fault($"'{data.Source}' is not a source that this host reads; write one of {catalogues.Sources.Forms}");

    /// <summary>Opens the source without the settings of its instruments, with the batch's chains as symbols.</summary>
    /// <inheritdoc cref="Open"/>
    public static IBarSource Chained(GranaryCatalogues catalogues, DataSpec data, Func<DataSpec, IBarSource>? open = null) =>
        ChainSource.Of(data, catalogues, own => HoldoutSource.Of(open is null
            ? Further(catalogues.Sources.Open(own.Source, Options(own)), own) : open(own), own.Holdout));

    /// <summary>Returns the source with the further columns that the batch reads.</summary>
    public static IBarSource Further(IBarSource source, DataSpec data) =>
        FurtherSource.Of(source, data.FurtherColumns, data.Asof, data.Tables);

    /// <summary>
    /// Refuses a further column that no market has, which is a spelling mistake. Where some have it, its readers say what the others lack.
    /// </summary>
    /// <param name="source">Lists the columns that there are, slower series included.</param>
    /// <param name="symbol">A symbol of the source.</param>
    /// <param name="opened">The bars of all symbols.</param>
    /// <exception cref="InputException">A column is missing.</exception>
    public static async Task CheckColumnsAsync(IBarSource source, DataSpec data, string symbol, IReadOnlyCollection<IBarSeries> opened,
        CancellationToken cancellationToken)
    {
        var missing = (data.Parts.Count > 0 ? data.Parts.SelectMany(p => p.Data.FurtherColumns) : data.FurtherColumns)
            .FirstOrDefault(c => opened.All(s => !s.Columns.Contains(c, StringComparer.Ordinal)));
        if (missing is null) return;
        var known = await source.ListColumnsAsync(new BarQuery(symbol, data.Timeframe, data.From, data.To), cancellationToken);
        throw data.Place.Fault(FurtherNames.Unknown(data.Source.ToString(), missing, known));
    }

    public static BarFileOptions Options(DataSpec data) => new()
    {
        Format = data.Format,
        Adjust = data.Adjust,
        TimeZone = data.TimeZone,
        Stamp = data.Stamp,
        Columns = data.Columns,
        AllowsNegative = data.HasNegativePrices,
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
        return all.Count > 0 ? all : throw data.Place.Fault($"'{data.Source}' has no {data.Timeframe} bars of any symbol"
            + (source.PassedOver is [var first, ..] ? $": {first}" : ""));
    }
}
