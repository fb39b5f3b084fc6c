using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Trades the closing of a gap at the session's open, back to the last session's close.</summary>
/// <remarks>
/// It enters after the session's first bar. The target is the last close; <c>stop</c> sets the distance of the stop on the other side of
/// the entry. It exits by the session's end. For intraday bars.
/// </remarks>
[Strategy("Trades a gap of at least 'least' percent at the session's open back towards the last close, with a stop, and exits by the "
        + "session's end.",
    WorksIn = "Gaps without news, from a few orders in a thin market: most of them close within the session.",
    LosesIn = "Large gaps with news, which continue; one of them costs the gain of many closed gaps. 'most' excludes them.",
    Source = "Crabel 1990; Cooper 2000")]
public sealed class GapFade : Strategy
{
    private readonly Factor _gap;
    private readonly double _least, _most, _stop;
    private SessionEnd _session = null!;

    /// <param name="least">Percent of the last close.</param>
    /// <param name="most">Percent of the last close.</param>
    /// <param name="stop">Multiples of the way to the target.</param>
    public GapFade([Range(0.01, 50)] double least = 0.5, [Range(0.01, 100)] double most = 3, [Range(0.1, 20)] double stop = 1)
    {
        if (most < least) throw new ArgumentException("most has to be at least as large as least");
        _gap = Use("gap");
        (_least, _most, _stop) = (least, most, stop);
    }

    public override void OnStart(StrategyContext context) => _session = new SessionEnd(context.Series);

    public override void OnBar(StrategyContext bar)
    {
        var first = _session.MoveTo(bar);
        // The last session's end was missing.
        if (first && bar.InMarket) bar.Exit();
        if (_session.IsEnding)
        {
            if (bar.InMarket) bar.ExitAllOnClose();
            return;
        }
        var gap = bar[_gap];
        if (!first || Math.Abs(gap) < _least || Math.Abs(gap) > _most) return;
        var side = gap > 0 ? Side.Sell : Side.Buy;
        var target = bar.Open / (1 + gap / 100);
        var way = (int)side * (target - bar.Close);
        // The first bar may have closed the gap already.
        if (way > 0) bar.Enter(side, new EntryOptions { TakeProfit = target, StopLoss = bar.Close - (int)side * way * _stop });
    }
}
