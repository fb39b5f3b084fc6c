using Granary.Engine.Market;
using Granary.Simulation.Catalogues;

namespace Granary.Simulation.Batches;

/// <summary>
/// Applies the batch's instrument settings, funding and currencies to a source, so all readers of its bars use the same sessions,
/// lots, multipliers and rates.
/// </summary>
/// <param name="declared">Settings by symbol; "*" for all others.</param>
/// <param name="funding">Null = the batch has none.</param>
/// <param name="borrow">Null = any quantity can be borrowed.</param>
/// <param name="currencies">Null = the batch does not name the account's currency.</param>
internal sealed class DeclaredSource(IBarSource source, IReadOnlyDictionary<string, InstrumentKeys> declared, FundingTables? funding,
    BorrowTable? borrow, DeclaredCurrencies? currencies) : IBarSource
{
    /// <summary>
    /// Wraps a source; returns the source itself if the batch has neither instrument settings nor funding nor a table of what can be
    /// borrowed nor a currency of the account.
    /// </summary>
    /// <param name="catalogues">Open the files or stores of funding and exchange rates.</param>
    public static IBarSource Of(IBarSource source, DataSpec data, GranaryCatalogues catalogues) =>
        data.Instruments.Count == 0 && data.Funding is null && data.Borrow is null && data.AccountCurrency is null
            || source is DeclaredSource ? source
            : new DeclaredSource(source, data.Instruments,
                data.Funding is { } funding ? new FundingTables(funding, catalogues) : null,
                data.Borrow is { } table ? new BorrowTable(table, catalogues, data.Holdout) : null,
                data.AccountCurrency is { } currency ? new DeclaredCurrencies(data, currency, catalogues) : null);

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        source.ListSymbolsAsync(timeframe, cancellationToken);

    public IReadOnlyList<string> PassedOver => source.PassedOver;

    public ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        source.ListColumnsAsync(query, cancellationToken);

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var series = await OpenDeclaredAsync(query, cancellationToken);
        if (currencies is not null) series = await currencies.AddToAsync(series, cancellationToken);
        if (borrow is not null) series = await borrow.AddToAsync(series, query.Symbol);
        return funding is null ? series : await funding.AddToAsync(series, query.Symbol, cancellationToken);
    }

    private async ValueTask<IBarSeries> OpenDeclaredAsync(BarQuery query, CancellationToken cancellationToken)
    {
        var own = declared.GetValueOrDefault(query.Symbol) ?? declared.GetValueOrDefault("*");
        if (own is { Delisted: { } delisted })
            return await SeriesDelisted.OpenAsync(source, query, own, delisted, cancellationToken);
        var series = await source.OpenAsync(query, cancellationToken);
        return own is null ? series : new SeriesWithInstrument(series, own.Apply);
    }
}
