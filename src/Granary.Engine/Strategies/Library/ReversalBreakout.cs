using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>
/// Buys when a market that made a new low a few bars ago closes above the highs of its last bars; sells the mirror image. The extreme is
/// the stop.
/// </summary>
[Strategy("Buys when a market that made a new low of 'period' bars at most 'fresh' bars ago closes above the highs of its last bars; "
        + "sells the mirror image. The extreme is the stop.",
    WorksIn = "Sell-offs that end in a spike: covering of short positions drives the first move back, and the stop is close.",
    LosesIn = "Trends with sharp pullbacks: each looks like a reversal, and a new extreme triggers the stop.",
    Source = "Wyckoff's spring; Raschke and Connors 1995")]
public sealed class ReversalBreakout : Strategy
{
    private readonly Factor _sinceLow, _sinceHigh, _lowest, _highest, _upper, _lower;
    private readonly int _fresh;

    public ReversalBreakout([Range(5, 5_000)] int period = 50, [Range(1, 1_000)] int fresh = 8, [Range(1, 1_000)] int trigger = 3)
    {
        if (fresh >= period) throw new ArgumentException("fresh has to be below period");
        _sinceLow = Use("bars-since", "low", period);
        _sinceHigh = Use("bars-since", "high", period);
        _lowest = Use("lowest", period);
        _highest = Use("highest", period);
        _upper = Use("donchian", trigger);
        _lower = Use(_upper.Request, line: 1);
        _fresh = fresh;
    }

    public override void OnBar(StrategyContext bar)
    {
        var close = bar.Close;
        if (close > bar[_upper])
        {
            if (bar.IsShort) bar.Exit(Side.Sell);
            if (bar[_sinceLow] <= _fresh && !bar.IsLong) bar.Enter(Side.Buy, new EntryOptions { StopLoss = bar[_lowest] });
        }
        else if (close < bar[_lower])
        {
            if (bar.IsLong) bar.Exit(Side.Buy);
            if (bar[_sinceHigh] <= _fresh && !bar.IsShort) bar.Enter(Side.Sell, new EntryOptions { StopLoss = bar[_highest] });
        }
    }
}
