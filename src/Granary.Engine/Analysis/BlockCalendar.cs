using Granary.Engine.Market;

namespace Granary.Engine.Analysis;

/// <summary>
/// Where in a block a new month, week (UTC; weeks from Monday) or period of a trace begins: found once per block for all strategies.
/// </summary>
/// <param name="tracePeriod">Ticks of the periods at whose ends a run's equity is kept, see <see cref="EquityTrace"/>; 0 = none.</param>
public sealed class BlockCalendar(long tracePeriod = 0)
{
    private Boundary[] _boundaries = [];
    private int _count;

    // Periods: how many of the trace have ended since the bar before.
    internal readonly record struct Boundary(int Index, int Month, int Week, int Periods);

    /// <summary>Looks a block through.</summary>
    /// <param name="lastTime">The time of the bar before the block; <see cref="long.MinValue"/> before the first.</param>
    public void Read(BarBlock block, long lastTime)
    {
        _count = 0;
        Add(block, lastTime, 0);
    }

    // Looks a block through that follows the bars looked through before; its first bar has this number among them.
    internal void Add(BarBlock block, long lastTime, int at)
    {
        var time = block.Time;
        var last = lastTime == long.MinValue ? time[0] : lastTime;
        var day = last / TimeSpan.TicksPerDay;
        var (month, week) = (MonthOfDay(day), WeekOfDay(day));
        var period = PeriodOf(last);
        var withinDays = tracePeriod is > 0 and < TimeSpan.TicksPerDay;
        for (var i = 0; i < time.Length; i++)
        {
            var d = time[i] / TimeSpan.TicksPerDay;
            if (d == day && !(withinDays && PeriodOf(time[i]) != period)) continue;
            var (m, w, p) = (d == day ? month : MonthOfDay(d), WeekOfDay(d), PeriodOf(time[i]));
            day = d;
            if (m == month && w == week && p == period) continue;
            if (_count == _boundaries.Length) Array.Resize(ref _boundaries, Math.Max(16, _count * 2));
            _boundaries[_count++] = new Boundary(at + i, m, w, (int)(p - period));
            (month, week, period) = (m, w, p);
        }
    }

    private long PeriodOf(long time) => tracePeriod > 0 ? time / tracePeriod : 0;

    /// <summary>Whether no month, week or period begins in the block.</summary>
    internal bool IsEmpty => _count == 0;

    /// <summary>The boundaries at or after a bar of the block, in order.</summary>
    internal ReadOnlySpan<Boundary> From(int index)
    {
        var first = 0;
        while (first < _count && _boundaries[first].Index < index) first++;
        return _boundaries.AsSpan(first, _count - first);
    }

    internal static int Month(long time) => MonthOfDay(time / TimeSpan.TicksPerDay);

    internal static int Week(long time) => WeekOfDay(time / TimeSpan.TicksPerDay);

    private static int MonthOfDay(long day)
    {
        var date = new DateTime(day * TimeSpan.TicksPerDay);
        return date.Year * 12 + date.Month;
    }

    // Day zero, 0001-01-01, is a Monday.
    private static int WeekOfDay(long day) => (int)(day / 7);
}
