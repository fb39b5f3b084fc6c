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

    /// <summary>How many bars a market should have had between two of its bars, by its session, or round the clock.</summary>
    public int MissingBetween(string symbol, DateTime after, DateTime next)
    {
        var step = Step(symbol);
        return sessions?.GetValueOrDefault(symbol) is { } session
            ? session.Bars(after.Date.AddDays(-2), next.Date.AddDays(2), step)
                .Count(t => t > after && t < next)
            : (int)((next - after) / step) - 1;
    }

    /// <summary>The day that a bar belongs to: of its session, or of UTC.</summary>
    public DateTime DayOf(string symbol, DateTime time) =>
        sessions?.GetValueOrDefault(symbol) is { } session ? session.DayOf(time) : time.Date;

    /// <summary>The number of bars that most days have; the larger where two are as frequent.</summary>
    public int BarsOfDay(string symbol) => bars[symbol].CountBy(b => DayOf(symbol, b.Time)).CountBy(d => d.Value)
        .OrderByDescending(c => c.Value).ThenByDescending(c => c.Key).First().Key;

    private TimeSpan Step(string symbol) => bars[symbol].Zip(bars[symbol].Skip(1), (a, b) => b.Time - a.Time).Min();

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
