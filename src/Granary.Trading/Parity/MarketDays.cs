using Granary.Engine.Market;

namespace Granary.Trading.Parity;

/// <summary>The trading days of an account, by the calendars of its markets: a day ends when the last of them has ended it.</summary>
/// <param name="timeframe">The timeframe of the account's bars. Bars of a day and longer have days of UTC.</param>
internal sealed class MarketDays(IEnumerable<SessionCalendar> calendars, Timeframe timeframe)
{
    // No market is closed for longer.
    private const int MostDays = 400;

    private readonly SessionCalendar[] _calendars = [.. calendars];

    /// <summary>Returns when a day has ended in all markets that trade on it, UTC.</summary>
    public DateTimeOffset OverAt(DateOnly day)
    {
        // Bars of a day without any session end with the day.
        var isTraded = IsTraded(day);
        var over = 0L;
        foreach (var calendar in _calendars)
            if (!isTraded || Trades(calendar, day))
                over = Math.Max(over, !timeframe.IsIntraday || calendar.IsContinuous ? (day.DayNumber + 1) * TimeSpan.TicksPerDay
                    : calendar.Session(day)?.Close ?? calendar.StartOfDay(day.DayNumber + 1));
        return new DateTimeOffset(over, TimeSpan.Zero);
    }

    private bool IsTraded(DateOnly day) => Array.Exists(_calendars, c => Trades(c, day));

    private static bool Trades(SessionCalendar calendar, DateOnly day) => calendar.IsContinuous || calendar.Session(day) is not null;

    /// <summary>Returns the first end of a day after a time, UTC; null if no market trades any more.</summary>
    public DateTimeOffset? EndAfter(DateTimeOffset time)
    {
        var day = DateOnly.FromDateTime(time.UtcDateTime).AddDays(-2);
        for (var i = 0; i < MostDays; i++, day = day.AddDays(1))
            if (IsTraded(day) && OverAt(day) is var over && over > time)
                return over;
        return null;
    }
}
