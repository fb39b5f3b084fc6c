using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>Where in a block a new month or week begins (UTC; weeks from Monday): found once per block for all strategies.</summary>
public sealed class BlockCalendar
{
    private Boundary[] _boundaries = [];
    private int _count;

    internal readonly record struct Boundary(int Index, int Month, int Week);

    /// <summary>Looks a block through.</summary>
    /// <param name="lastTime">The time of the bar before the block; <see cref="long.MinValue"/> before the first.</param>
    public void Read(BarBlock block, long lastTime)
    {
        _count = 0;
        var time = block.TimeColumn;
        var day = lastTime == long.MinValue ? time[0] / TimeSpan.TicksPerDay : lastTime / TimeSpan.TicksPerDay;
        var (month, week) = (MonthOfDay(day), WeekOfDay(day));
        for (var i = 0; i < time.Length; i++)
        {
            var d = time[i] / TimeSpan.TicksPerDay;
            if (d == day) continue;
            day = d;
            var (m, w) = (MonthOfDay(d), WeekOfDay(d));
            if (m == month && w == week) continue;
            (month, week) = (m, w);
            if (_count == _boundaries.Length) Array.Resize(ref _boundaries, Math.Max(16, _count * 2));
            _boundaries[_count++] = new Boundary(i, m, w);
        }
    }

    /// <summary>Whether no month or week begins in the block.</summary>
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
