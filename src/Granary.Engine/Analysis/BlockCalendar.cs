using Granary.Engine.Market;

namespace Granary.Engine.Analysis;

/// <summary>
/// Finds the bars of a block at which a new month, week (UTC, weeks start on Monday) or trace period begins; once per block for all
/// strategies.
/// </summary>
/// <param name="tracePeriod">Ticks of the periods at whose ends a run's equity is recorded, see <see cref="EquityTrace"/>; 0 =
/// none.</param>
internal sealed class BlockCalendar(long tracePeriod = 0)
{
    private Boundary[] _boundaries = [];
    private int _count;

    // Periods: the number of trace periods that have ended since the bar before.
    internal readonly record struct Boundary(int Index, int Month, int Week, int Periods);

    /// <summary>Finds the boundaries in a block.</summary>
    /// <param name="lastTime">The time of the bar before the block; <see cref="long.MinValue"/> before the first.</param>
    public void Read(BarBlock block, long lastTime)
    {
        _count = 0;
        Add(block, lastTime, 0);
    }

    // Adds the boundaries of a block that follows the bars added before; at is the index of its first bar among them.
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

    /// <summary>The boundaries at or after a bar of the block, oldest first.</summary>
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
