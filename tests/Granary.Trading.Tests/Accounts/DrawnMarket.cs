using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Trading.Tests.Accounts;

/// <summary>The bars of a drawn batch as a source.</summary>
internal sealed class DrawnMarket(DrawnBatch batch) : IBarSource
{
    private readonly Timeframe _timeframe = Timeframe.Parse(batch.Timeframe);

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new(timeframe == _timeframe ? [.. batch.Bars.Keys.Order(StringComparer.Ordinal)] : (IReadOnlyList<string>)[]);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Timeframe != _timeframe || !batch.Bars.TryGetValue(query.Symbol, out var bars))
            throw new BarDataException($"there are no {query.Timeframe} bars of {query.Symbol}");
        var missing = batch.Capabilities.SelectMany(c => c.Missing).Where(m => m.Symbol == query.Symbol).Select(m => m.Index).ToHashSet();
        var instrument = new Instrument
        {
            Symbol = query.Symbol,
            PriceDecimals = 2,
            CorporateActions = [.. batch.Capabilities.SelectMany(c => c.Actions).Where(a => a.Symbol == query.Symbol)
                .Select(a => new CorporateAction(a.Date.Ticks, a.Ratio, a.Dividend))],
        };
        return new(new MemoryBarSeries(instrument, _timeframe, [.. bars.Where((b, i) => !missing.Contains(i)
            && b.Time >= (query.From ?? long.MinValue) && b.Time < (query.To ?? long.MaxValue))], []));
    }
}
