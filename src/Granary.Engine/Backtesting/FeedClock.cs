using Granary.Engine.Analysis;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>Counts a feed's bars as they stream by, and how many of them a year has.</summary>
/// <param name="from">UTC ticks; bars before it only warm up, and are not counted.</param>
internal sealed class FeedClock(Timeframe timeframe, long from = 0)
{
    private readonly PeriodCounter _counter = new(timeframe.Ticks < Timeframe.D1.Ticks);

    public Timeframe Timeframe => timeframe;

    public long Bars => _counter.Rows;

    public long FirstTime => _counter.FirstTime;

    public long LastTime => _counter.LastTime;

    /// <summary>
    /// As <see cref="PeriodCounter"/> counts the bars. Bars of weeks have 52 and bars of months 12; a single bar is one of 252 days.
    /// </summary>
    public PeriodCount Periods
    {
        get
        {
            var count = _counter.Count();
            var known = timeframe == Timeframe.W1 ? 52 : timeframe == Timeframe.Mo1 ? 12 : double.IsNaN(count.PerYear) ? 252 : 0;
            return known > 0 ? new PeriodCount(known, true, count.Rows, 0, []) : count;
        }
    }

    /// <inheritdoc cref="Periods"/>
    public double PeriodsPerYear => Periods.PerYear;

    /// <summary>Counts one more bar.</summary>
    public void Count(long time) => Add([time]);

    internal void Add(ReadOnlySpan<long> times)
    {
        if (times[^1] < from) return;
        if (times[0] < from)
        {
            var at = times.BinarySearch(from);
            times = times[(at < 0 ? ~at : at)..];
        }
        _counter.Add(times);
    }
}
