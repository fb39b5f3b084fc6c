using System.Globalization;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>Counts the bars of one market that end after a moment: bars that are not closed, or dates in the future.</summary>
/// <param name="now">The moment, UTC ticks.</param>
internal sealed class UnclosedBars(SessionCalendar calendar, Timeframe timeframe, long now)
{
    private long _count, _first, _last;

    /// <summary>The number of such bars.</summary>
    public long Count => _count;

    /// <summary>Takes the open times of the next bars, in order.</summary>
    public void Add(ReadOnlySpan<long> times)
    {
        if (times.Length == 0 || IsClosed(times[^1])) return;
        foreach (var time in times)
        {
            if (IsClosed(time)) continue;
            if (_count++ == 0) _first = time;
            _last = time;
        }
    }

    /// <summary>Whether the bar that opens at this time has ended.</summary>
    public bool IsClosed(long open) => CloseOf(open) <= now;

    /// <summary>The sentence for a note; null if all bars are closed.</summary>
    public string? Sentence => _count == 0 ? null : string.Create(CultureInfo.InvariantCulture,
        $"{(_count == 1 ? "1 bar ends" : $"{_count} bars end")} after this moment, {BarTimeText.Of(now)} UTC ({Range()}): a bar that has "
            + $"not closed still changes, and a date in the future is wrong");

    private string Range() => _count == 1 ? BarTimeText.Of(_first) : $"{BarTimeText.Of(_first)} to {BarTimeText.Of(_last)}";

    // A day, week or month of a market with a session ends with its last session.
    private long CloseOf(long open)
    {
        var end = timeframe.CloseOf(open);
        if (end <= now || timeframe.IsIntraday || calendar.IsContinuous) return end;
        for (var day = DateOnly.FromDateTime(new DateTime(end)).AddDays(-1); day >= DateOnly.FromDateTime(new DateTime(open));
            day = day.AddDays(-1))
            if (calendar.Session(day) is { } session) return session.Close;
        return end;
    }
}
