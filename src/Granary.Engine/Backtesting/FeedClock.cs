using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>
/// Counts a feed's bars and days as they stream by, and tells how many bars a year has (the same rule as
/// <see cref="Analysis.PeriodsPerYear"/>).
/// </summary>
/// <param name="from">UTC ticks; bars before it only warm up, and are not counted.</param>
public sealed class FeedClock(Timeframe timeframe, long from = 0)
{
    // Days from one bar to the next; steps from the last entry on count together, and are a year at least.
    private readonly long[] _steps = new long[201];
    private long _bars, _days, _sundays, _lastDay = -1;
    private bool _saturdays;

    public long Bars => _bars;

    public long FirstTime { get; private set; }

    public long LastTime { get; private set; }

    /// <summary>
    /// Bars per trading day, times 252, or 365 where there are Saturdays. Weeks have 52 and months 12, and so have daily bars whose median
    /// step is that of weeks or months; likewise quarters 4, years 1.
    /// </summary>
    public double PeriodsPerYear
    {
        get
        {
            double daysPerYear = _saturdays ? 365 : 252;
            if (timeframe == Timeframe.W1) return 52;
            if (timeframe == Timeframe.Mo1) return 12;
            if (timeframe == Timeframe.D1 && _days > 1 && Analysis.PeriodsPerYear.OfSteps(MedianStep) is { } longer) return longer;
            double tradingDays = Math.Max(1, _saturdays ? _days : _days - _sundays);
            return (timeframe == Timeframe.D1 ? _days : _bars) / tradingDays * daysPerYear;
        }
    }

    private int MedianStep
    {
        get
        {
            var (step, left) = (1, (_days - 1) / 2);
            while (step < _steps.Length - 1 && left >= _steps[step]) left -= _steps[step++];
            return step;
        }
    }

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
        if (_bars == 0) FirstTime = times[0];
        LastTime = times[^1];
        _bars += times.Length;
        foreach (var time in times)
        {
            var day = time / TimeSpan.TicksPerDay;
            if (day == _lastDay) continue;
            if (_lastDay >= 0) _steps[Math.Min(day - _lastDay, _steps.Length - 1)]++;
            _lastDay = day;
            _days++;
            var ofWeek = day % 7; // tick zero is a Monday
            if (ofWeek == 5) _saturdays = true;
            else if (ofWeek == 6) _sundays++;
        }
    }
}
