using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Joins a session that opened at one end of an unusually wide range and stands at the other, until its last bar.</summary>
/// <remarks>Once a session. For intraday bars.</remarks>
[Strategy("Joins, once, a session that opened at one end of an unusually wide range and trades at the other, and exits by the session's "
        + "end.",
    WorksIn = "Days, about one in five, on which the market moves in one direction from the open and closes near its extreme.",
    LosesIn = "Days that turn at midday, and news that reverses within hours.",
    Source = "Crabel 1990; Steidlmayer's market profile")]
public sealed class TrendDay : Strategy
{
    private readonly Factor _trend, _range;
    private readonly double _threshold, _wide;
    private SessionEnd _session = null!;
    private bool _done;

    public TrendDay([Range(0.1, 1)] double threshold = 0.8, [Range(0, 10)] double wide = 1, [Range(1, 250)] int days = 10)
    {
        _trend = Use("day-type", days);
        _range = Use(_trend.Request, line: 1);
        (_threshold, _wide) = (threshold, wide);
    }

    public override void OnStart(StrategyContext context) => _session = new SessionEnd(context.Series);

    public override void OnBar(StrategyContext bar)
    {
        if (_session.MoveTo(bar))
        {
            _done = false;
            // The last session's end was missing.
            if (bar.InMarket) bar.Exit();
        }
        if (_session.IsEnding)
        {
            if (bar.InMarket) bar.ExitAllOnClose();
            return;
        }
        var trend = bar[_trend];
        if (_done || !(bar[_range] >= _wide) || Math.Abs(trend) < _threshold) return;
        bar.Enter(trend > 0 ? Side.Buy : Side.Sell);
        _done = true;
    }
}
