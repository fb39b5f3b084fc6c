using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// Measures an equity curve as it grows, in constant memory: for runs whose curve is streamed to disk. Historical quantiles are not
/// measured, since they need all returns.
/// </summary>
/// <remarks>Points must come oldest first. The results do not depend on how the points are split into blocks, to the last bit.</remarks>
/// <param name="start">
/// Equity before the first point, against which the first return is taken; null where the second point has the first return.
/// </param>
internal sealed class EquityAccumulator(double? start = null)
{
    private readonly CalendarPeriods _months = new(MonthOf), _weeks = new(WeekOf);
    private Moments _moments = new(Variation.OfReturns);
    private long _points, _firstTime, _lastTime, _positive, _nonZero;
    private double _first, _last, _gains, _losses, _squaredLosses, _squaredDrawdowns;
    private double _peak = double.NegativeInfinity, _deepest, _trough;
    private long _peakTime, _deepestPeak, _deepestTrough, _longest;
    private long? _deepestRecovery;
    private bool _underwater, _deepestOpen, _ruined;

    /// <param name="times">UTC ticks, strictly increasing, later than all points added before.</param>
    /// <param name="values">Account currency, finite.</param>
    public void Add(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < times.Length; i++) Add(times[i], values[i]);
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{long}, ReadOnlySpan{double})"/>
    public void Add(long time, double equity)
    {
        if (_points++ == 0)
        {
            (_firstTime, _first, _last) = (time, start ?? equity, start ?? equity);
            _months.Start(_first);
            _weeks.Start(_first);
            if (start is not null) (_peak, _peakTime) = (_first, time);
        }
        if (_points > 1 || start is not null)
        {
            var r = _last > 0 ? equity / _last - 1 : double.NaN;
            _moments.Add(r);
            if (r > 0)
            {
                _positive++;
                _gains += r;
            }
            else if (!(r >= 0))
            {
                _losses -= r;
                _squaredLosses += r * r;
            }
            if (r != 0) _nonZero++;
        }
        if (!(equity > 0)) _ruined = true;
        _months.Add(time, equity);
        _weeks.Add(time, equity);
        Mark(time, equity);
        (_lastTime, _last) = (time, equity);
    }

    private void Mark(long time, double equity)
    {
        if (equity >= _peak)
        {
            if (_underwater) Recover(time);
            (_peak, _peakTime) = (equity, time);
            return;
        }
        if (!_underwater) _trough = double.PositiveInfinity;
        _underwater = true;
        var depth = 1 - equity / _peak;
        _squaredDrawdowns += depth * depth;
        if (equity >= _trough) return;
        _trough = equity;
        if (depth <= _deepest) return;
        (_deepest, _deepestPeak, _deepestTrough, _deepestRecovery, _deepestOpen) = (depth, _peakTime, time, null, true);
    }

    private void Recover(long time)
    {
        _underwater = false;
        _longest = Math.Max(_longest, time - _peakTime);
        if (!_deepestOpen) return;
        _deepestRecovery = time;
        _deepestOpen = false;
    }

    /// <summary>Returns the measures of the points so far; more points may be added afterwards.</summary>
    /// <param name="periodsPerYear">
    /// See <see cref="PeriodsPerYear.Infer"/>; NaN leaves annualised measures undefined.
    /// </param>
    public EquityMeasures Measure(double periodsPerYear)
    {
        var n = _moments.Count;
        var deviation = _moments.SampleDeviation;
        var drawdown = _deepest > 0
            ? new Drawdown(_deepest, _deepestPeak, _deepestTrough, _deepestRecovery,
                ((_deepestRecovery ?? _lastTime) - _deepestPeak) / (double)TimeSpan.TicksPerDay)
            : null;
        var longest = _underwater ? Math.Max(_longest, _lastTime - _peakTime) : _longest;
        return new EquityMeasures
        {
            Points = _points,
            FirstTime = _firstTime,
            LastTime = _lastTime,
            Start = _points > 0 ? _first : double.NaN,
            Final = _points > 0 ? _last : double.NaN,
            IsRuined = _ruined,
            PeriodsPerYear = periodsPerYear,
            Returns = n,
            // The mean return of a ruined account is misleading: the gains on the way were lost.
            Mean = _ruined ? double.NaN : _moments.Mean,
            Deviation = deviation,
            Downside = Math.Sqrt(_squaredLosses / n),
            Skew = _moments.Skew,
            Kurtosis = _moments.Kurtosis,
            Gains = _gains,
            Losses = _losses,
            PositiveReturns = _positive,
            NonZeroReturns = _nonZero,
            MaxDrawdown = _points > 0 ? _deepest : double.NaN,
            MaxDrawdownDays = _points > 0 ? drawdown?.Days ?? 0 : double.NaN,
            DeepestDrawdown = drawdown,
            LongestUnderwaterDays = _points > 0 ? longest / (double)TimeSpan.TicksPerDay : double.NaN,
            MeanSquaredDrawdown = _squaredDrawdowns / _points,
            Months = _months.Count,
            MonthsUp = _months.Up,
            BestMonth = _months.Best,
            WorstMonth = _months.Worst,
            Weeks = _weeks.Count,
            WeeksUp = _weeks.Up,
        };
    }

    private static long MonthOf(long time)
    {
        var date = new DateTime(time);
        return date.Year * 12L + date.Month;
    }

    private static long WeekOf(long time) => time / (7 * TimeSpan.TicksPerDay); // tick zero is a Monday

    /// <summary>Counts periods of the calendar by whether their last equity exceeds the last one before them.</summary>
    private sealed class CalendarPeriods(Func<long, long> periodOf)
    {
        private long _period = long.MinValue, _until = long.MinValue;
        private double _before, _last, _best = double.NegativeInfinity, _worst = double.PositiveInfinity;
        private int _profitable, _closed;

        public void Start(double first) => _before = _last = first;

        public void Add(long time, double equity)
        {
            // Within one day the period cannot change, so an intraday curve needs no calendar lookup per point.
            if (time >= _until)
            {
                _until = time - time % TimeSpan.TicksPerDay + TimeSpan.TicksPerDay;
                var period = periodOf(time);
                if (period != _period)
                {
                    if (_period != long.MinValue)
                    {
                        _closed++;
                        if (_last > _before) _profitable++;
                        (_best, _worst) = Extremes();
                        _before = _last;
                    }
                    _period = period;
                }
            }
            _last = equity;
        }

        public int Count => _period == long.MinValue ? 0 : _closed + 1;

        public int Up => Count == 0 ? 0 : _profitable + (_last > _before ? 1 : 0);

        public double Best => Count == 0 ? double.NaN : Extremes().Best;

        public double Worst => Count == 0 ? double.NaN : Extremes().Worst;

        private (double Best, double Worst) Extremes()
        {
            var r = _before > 0 ? _last / _before - 1 : double.NaN;
            // After ruin there is no equity to earn a return on.
            return double.IsNaN(r) && _best > double.NegativeInfinity ? (_best, _worst) : (Math.Max(_best, r), Math.Min(_worst, r));
        }
    }
}
