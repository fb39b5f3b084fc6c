namespace Granary.Recompute.Tests.Markets;

/// <summary>The markets of a batch: bars by symbol, and what the batch declares of its instruments.</summary>
/// <param name="bars">Bars of the source's timeframe by symbol.</param>
/// <param name="sessions">Declared sessions by symbol; longer bars of other symbols are counted from UTC midnight.</param>
/// <param name="multipliers">Declared multipliers by symbol; 1 of other symbols.</param>
internal sealed class MarketSet(
    IReadOnlyDictionary<string, List<MarketBar>> bars,
    IReadOnlyDictionary<string, TradingSession>? sessions = null,
    IReadOnlyDictionary<string, double>? multipliers = null)
{
    private readonly Dictionary<(string, string), List<MarketBar>> _longer = [];

    public IReadOnlyDictionary<string, List<MarketBar>> Bars => bars;

    public IReadOnlyDictionary<string, double> Multipliers { get; } = multipliers ?? new Dictionary<string, double>();

    public double Multiplier(string symbol) => Multipliers.GetValueOrDefault(symbol, 1);

    /// <summary>Bars of a strategy's timeframe: the source's own, or hours joined to four.</summary>
    public List<MarketBar> Of(string symbol, string timeframe)
    {
        if (timeframe != "4h") return bars[symbol];
        if (!_longer.TryGetValue((symbol, timeframe), out var longer))
            _longer[(symbol, timeframe)] = longer = sessions?.GetValueOrDefault(symbol) is { } session
                ? session.Longer(bars[symbol], TimeSpan.FromHours(4), TimeSpan.FromHours(1)) : Resampled.ByHours(bars[symbol], 4);
        return longer;
    }
}
