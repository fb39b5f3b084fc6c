using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>
/// Follows the first close beyond the range of the session's first minutes, once on each side, to the session's last bar.
/// </summary>
/// <remarks>The other side of the range ends a trade, and so does the close of the session's last bar. For intraday bars.</remarks>
[Strategy("Follows the first close beyond the range of the session's first minutes, once on each side, and exits by the session's end.",
    WorksIn = "Days on which overnight news sets a lasting direction. Losses end at the other side of the range.",
    LosesIn = "Days that trade through their opening range in both directions, which is most days in calm weeks; costs, since it trades "
        + "almost every day.",
    Source = "Crabel 1990")]
public sealed class OpeningRangeBreakout : Strategy
{
    private readonly Factor _upper, _lower;
    private SessionEnd _session = null!;
    private bool _wentLong, _wentShort;

    public OpeningRangeBreakout([Range(1, 1_440)] int minutes = 30)
    {
        _upper = Use("opening-range", minutes);
        _lower = Use(_upper.Request, line: 1);
    }

    public override void OnStart(StrategyContext context) => _session = new SessionEnd(context.Series);

    public override void OnBar(StrategyContext bar)
    {
        if (_session.MoveTo(bar))
        {
            _wentLong = _wentShort = false;
            // The last session's end was missing.
            if (bar.InMarket) bar.Exit();
        }
        if (_session.IsEnding)
        {
            if (bar.InMarket) bar.ExitAllOnClose();
            return;
        }

        // NaN, and so no signal, until the range is complete.
        var close = bar.Close;
        if (close > bar[_upper])
        {
            if (bar.IsShort) bar.Exit(Side.Sell);
            if (!_wentLong) bar.Enter(Side.Buy);
            _wentLong = true;
        }
        else if (close < bar[_lower])
        {
            if (bar.IsLong) bar.Exit(Side.Buy);
            if (!_wentShort) bar.Enter(Side.Sell);
            _wentShort = true;
        }
    }
}
