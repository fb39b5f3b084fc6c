using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Trading.Parity;

/// <summary>The trading days of a session, by the calendars of its markets.</summary>
internal sealed class SessionDays
{
    private readonly Dictionary<string, SessionCalendar> _calendars;
    private readonly Timeframe _timeframe;
    private readonly MarketDays _days;
    private readonly SortedDictionary<DateOnly, long> _ends = [];
    private readonly bool _hasEnded;

    /// <param name="instruments">The markets by symbol.</param>
    /// <param name="past">The events of the journal.</param>
    /// <param name="hasEnded">Whether the session has ended, so no more bars come.</param>
    public SessionDays(IEnumerable<Instrument> instruments, Timeframe timeframe, IEnumerable<JournalEvent> past, bool hasEnded)
    {
        _hasEnded = hasEnded;
        _timeframe = timeframe;
        _calendars = instruments.ToDictionary(i => i.Symbol, i => i.Calendar, StringComparer.Ordinal);
        _days = new MarketDays(_calendars.Values, timeframe);
        foreach (var taken in past.OfType<BarsTaken>())
        {
            Last = Math.Max(Last, taken.Timestamp);
            if (taken.Warm) continue;
            foreach (var (symbol, bar, _) in taken.Bars) _ends[DayOf(symbol, bar.Time)] = taken.Timestamp;
        }
        // A day ends with the last of its markets, and not before an earlier day.
        var end = long.MinValue;
        foreach (var (day, own) in _ends.ToList()) _ends[day] = end = Math.Max(end, own);
    }

    /// <summary>The days that have bars, in order, with the close of the last bar, UTC ticks.</summary>
    public IReadOnlyDictionary<DateOnly, long> Ends => _ends;

    /// <summary>The close of the last bar that the session took, UTC ticks.</summary>
    public long Last { get; } = long.MinValue;

    /// <summary>Returns when a day has ended in all markets, UTC.</summary>
    public DateTimeOffset OverAt(DateOnly day) => _days.OverAt(day);

    /// <summary>
    /// Returns whether a day is complete: it has ended in all markets, and the session has taken its last bar or a later one, or has ended.
    /// A session that repeats bars or catches up is behind the clock.
    /// </summary>
    public bool IsOver(DateOnly day, DateTimeOffset now) =>
        OverAt(day) is var over && over <= now && (_hasEnded || Last > _ends[day] || _ends[day] >= over.UtcTicks);

    // Bars of a day and longer have the date of their day.
    private DateOnly DayOf(string symbol, long time) => DateOnly.FromDayNumber(
        _timeframe.IsIntraday && _calendars.TryGetValue(symbol, out var calendar) ? calendar.LocalDay(time)
            : (int)(time / TimeSpan.TicksPerDay));
}
