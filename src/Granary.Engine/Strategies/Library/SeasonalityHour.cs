using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Holds a position between two hours of the venue's day, every day or on one weekday.</summary>
/// <remarks>
/// The hours are those of the bars' open times. The entry fills at the open of the first bar at or after <c>from</c>. The exit fills at the
/// open of the first bar at or after <c>to</c>.
/// </remarks>
[Strategy("Holds one side between two hours of the exchange's day, on every day or on one weekday.",
    WorksIn = "Markets with events at fixed hours: auctions, fixings, funding times, and the opening of other exchanges.",
    LosesIn = "Hours that were selected from many hours of the same data; costs, since it trades every day.",
    Source = "textbook; Heston, Korajczyk and Sadka 2010")]
public sealed class SeasonalityHour : Strategy
{
    private readonly Factor _minute, _day;
    private readonly int _from, _to, _weekday;
    private readonly Side _side;
    private int _length;
    private bool _inside;

    /// <param name="from">Hour in the venue's time zone.</param>
    /// <param name="to">Hour in the venue's time zone; on the next day if it is before <paramref name="from"/>.</param>
    /// <param name="weekday">Weekday of the entry, 1 = Monday … 7 = Sunday; 0 = every day.</param>
    public SeasonalityHour([Range(0, 23)] int from = 14, [Range(0, 24)] int to = 16, [Range(0, 7)] int weekday = 0, Side side = Side.Buy)
    {
        if (from == to) throw new ArgumentException("from and to have to differ");
        _minute = Use(Use("hour-of-day").Request, line: 1);
        _day = Use("day-of-week");
        (_from, _to, _weekday, _side) = (from * 60, to * 60, weekday, side);
    }

    public override void OnStart(StrategyContext context) =>
        _length = (int)Math.Min(context.Series.Timeframe.Ticks / TimeSpan.TicksPerMinute, 7 * 1440);

    public override void OnBar(StrategyContext bar)
    {
        // A decision at this close is executed at the next bar's open.
        var next = (int)bar[_minute] + _length;
        var day = ((int)bar[_day] - 1 + next / 1440) % 7 + 1;
        next %= 1440;
        var wraps = _to < _from;
        var inside = wraps ? next >= _from || next < _to : next >= _from && next < _to;
        if (inside && _weekday != 0 && !_inside)
            inside = day == (wraps && next < _to ? _weekday % 7 + 1 : _weekday);
        if (inside && !_inside) bar.Enter(_side);
        else if (!inside && (bar.InMarket || bar.HasPendingEntry(_side))) bar.Exit(_side);
        _inside = inside;
    }
}
