using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>
/// Checks valid bars for suspicious patterns, block by block in bounded memory: gaps, outliers, stale prices, unadjusted splits, and bars
/// of another length than their timeframe.
/// </summary>
public sealed class BarQualityAnalyser(Instrument instrument, Timeframe timeframe)
{
    private const int Window = 201;

    // An outlier is a return this many robust deviations (1.4826 × the median absolute return of the last 201 bars) from zero.
    private const double OutlierDeviations = 15;

    // A move that the next bar mostly reverts needs fewer deviations: a price change on news does not revert.
    private const double PrintDeviations = 10;

    // This many consecutive steps of one other length are bars of that length, not a quiet market.
    private const int LongRun = 30;

    // Common ratios of splits and reverse splits.
    private static readonly (double Ratio, string Name)[] Splits =
        [(2, "2:1"), (3, "3:1"), (4, "4:1"), (5, "5:1"), (6, "6:1"), (7, "7:1"), (8, "8:1"), (10, "10:1"), (15, "15:1"), (20, "20:1"),
            (25, "25:1"), (50, "50:1"), (1.5, "3:2"),
            (0.5, "1:2"), (1 / 3.0, "1:3"), (0.25, "1:4"), (0.2, "1:5"), (1 / 8.0, "1:8"), (0.1, "1:10"), (0.05, "1:20"), (0.04, "1:25"),
            (0.02, "1:50")];

    private readonly Dictionary<long, long> _steps = [];
    private readonly RunningMedian _within = new(Window), _across = new(Window);
    private readonly List<(long Time, double Return, double Deviations, bool Reverts)> _outliers = [];
    private readonly List<(long Time, string Ratio, double From, double To)> _splits = [];
    private readonly List<(long From, long To, long Bars)> _frozen = [];
    private readonly List<(long From, long To, long Step, long Bars)> _runs = [];
    private readonly TradingDays _tradingDays = new(instrument.Calendar, timeframe);
    private readonly DayCompleteness _completeness = new(instrument.Calendar, timeframe);
    private readonly GapFinder _gaps = new(instrument, timeframe);
    private Bar _previous;
    private long _count, _first, _regular, _offGrid, _weekend, _withoutVolume;
    private long _frozenFrom, _frozenBars;
    private long _runFrom, _runStep, _runBars;
    private long _outlierCount, _splitCount, _frozenCount, _frozenTotal;
    private (long Time, double Return, double Deviations, double Before, double Close, string? Split, double Open)? _pending;

    /// <summary>Analyses the next bars.</summary>
    public void Add(BarBlock block)
    {
        _tradingDays.Add(block.Time);
        for (var i = 0; i < block.Count; i++) Add(block[i]);
    }

    private void Add(in Bar bar)
    {
        if (timeframe.IsIntraday) _completeness.Add(bar.Time);
        _gaps.Add(bar.Time);
        // Tick zero is a Monday.
        if (bar.Time / TimeSpan.TicksPerDay % 7 >= 5) _weekend++;
        if (bar.Volume == 0) _withoutVolume++;
        if (bar.Time % (timeframe.IsIntraday ? timeframe.Ticks : TimeSpan.TicksPerDay) != 0) _offGrid++;
        if (_count++ == 0)
        {
            _first = bar.Time;
            _previous = bar;
            return;
        }

        var step = bar.Time - _previous.Time;
        if (bar.Time == timeframe.CloseOf(_previous.Time)) _regular++;
        else if (_steps.Count < 10_000 || _steps.ContainsKey(step)) _steps[step] = _steps.GetValueOrDefault(step) + 1;

        LookForJump(bar, step);
        LookForRun(bar, step);
        LookForStandstill(bar);
        _previous = bar;
    }

    private void LookForJump(in Bar bar, long step)
    {
        // Symmetric in both directions: half the price and twice the price have the same distance.
        var r = bar.Close >= _previous.Close ? bar.Close / _previous.Close - 1 : 1 - _previous.Close / bar.Close;
        // A bad print reverts at once; a real move stays.
        if (Settle(bar.Close)) return;
        var night = !timeframe.IsIntraday || step >= GapFinder.LongBreak;
        var scale = timeframe.IsIntraday && night ? _across : _within;
        // The expected move over a short break in a session grows with the square root of its length.
        var longer = night ? 1 : Math.Sqrt(Math.Max(1, (double)step / timeframe.Ticks));
        var absolute = Math.Abs(r);
        if (scale.Count >= 50 || scale.Count >= 20 && absolute > 0.25)
        {
            // In quiet markets the median can be zero; then the larger moves determine the scale. A return of 0.2 % is never an outlier.
            var deviation = longer * Math.Max(Math.Max(1.4826 * scale.Median, scale.Quantile(0.9) / 1.645), 0.0002);
            // Splits take effect between two sessions.
            var split = night ? SplitAt(bar) : null;
            if (absolute > PrintDeviations * deviation || absolute > 8 * deviation && absolute > 0.25 && split is not null)
                _pending = (bar.Time, bar.Close / _previous.Close - 1, absolute / deviation, _previous.Close, bar.Close, split, bar.Open);
        }
        if (longer == 1) scale.Add(absolute);
    }

    // Decides about a pending jump; true if the price returned.
    private bool Settle(double? next)
    {
        if (_pending is not { } p) return false;
        _pending = null;
        var rest = p.Deviations > OutlierDeviations ? 0.4 : 0.12;
        var reverts = next is { } close && Math.Abs(Math.Log(close / p.Before)) < rest * Math.Abs(Math.Log(p.Close / p.Before));
        if (p.Split is { } split && !reverts)
        {
            _splitCount++;
            if (_splits.Count < Examples.Most) _splits.Add((p.Time, split, p.Before, p.Open));
        }
        else if (reverts || p.Deviations > OutlierDeviations)
        {
            _outlierCount++;
            Examples.Keep(_outliers, (p.Time, p.Return, p.Deviations, reverts), static o => o.Item3 + (o.Item4 ? 1e6 : 0));
        }
        return reverts;
    }

    private void LookForRun(in Bar bar, long step)
    {
        if (step == _runStep)
        {
            _runBars++;
            return;
        }
        EndRun();
        (_runFrom, _runStep, _runBars) = (_previous.Time, step, 1);
    }

    private void EndRun()
    {
        if (_runStep > timeframe.Ticks && _runBars >= (timeframe.IsIntraday ? LongRun : 8))
            Examples.Keep(_runs, (_runFrom, _previous.Time, _runStep, _runBars), static r => r.Item4);
        _runBars = 0;
    }

    private string? SplitAt(in Bar bar)
    {
        var opening = bar.Open / _previous.Close;
        if (opening is > 0.78 and < 1.28) return null;
        foreach (var (ratio, name) in Splits)
            if (Math.Abs(opening * ratio - 1) < (ratio == 1.5 ? 0.03 : 0.04))
                return name;
        return null;
    }

    private void LookForStandstill(in Bar bar)
    {
        var still = bar.Open == bar.Close && bar.High == bar.Low && bar.Close == _previous.Close;
        if (still)
        {
            if (_frozenBars++ == 0) _frozenFrom = bar.Time;
            return;
        }
        EndStandstill();
    }

    private void EndStandstill()
    {
        var least = timeframe.IsIntraday ? 30 : 5;
        if (_frozenBars >= least)
        {
            _frozenCount++;
            _frozenTotal += _frozenBars;
            Examples.Keep(_frozen, (_frozenFrom, _previous.Time, _frozenBars), static f => f.Item3);
        }
        _frozenBars = 0;
    }

    /// <summary>Ends the analysis and returns its report.</summary>
    /// <param name="before">Findings of an earlier look at the rows, as faults of the file.</param>
    public QualityReport Finish(IReadOnlyList<Finding>? before = null)
    {
        var findings = new List<Finding>(before ?? []);
        if (_count > 0)
        {
            EndStandstill();
            EndRun();
            Settle(null);
        }
        // Bars of another length would all be reported as gaps.
        var otherLength = Granularity(findings);
        var missing = otherLength ? 0 : _gaps.Find(findings, _completeness.Usual);
        if (timeframe.IsIntraday && !otherLength)
        {
            findings.AddRange(_completeness.Findings());
            findings.AddRange(DaylightSaving.Findings(instrument.Calendar, timeframe, _completeness.Openings, _gaps.Gaps));
        }
        foreach (var o in _outliers)
        {
            findings.Add(o.Reverts
                ? new Finding(Severity.Warning, QualityCheck.Outlier, Text(o.Time),
                    $"the close moves {o.Return * 100:+0.##;-0.##} %, {o.Deviations:0} robust deviations, and comes back at the next bar, "
                        + $"as a wrong price does", "compare with another source and correct the bar")
                : new Finding(Severity.Info, QualityCheck.Outlier, Text(o.Time),
                    $"the close moves {o.Return * 100:+0.##;-0.##} %, {o.Deviations:0} robust deviations",
                    "make sure that this was news and not a wrong price"));
        }
        if (_outlierCount > _outliers.Count)
            findings.Add(new Finding(Severity.Info, QualityCheck.Outlier, Range(),
                $"{_outlierCount - _outliers.Count} more closes lie further than {OutlierDeviations} robust deviations from the one before",
                "look through them if results hang on few trades"));
        foreach (var s in _splits)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Split, Text(s.Time),
                $"the price steps from {s.From} to {s.To} over night and stays, as in a {s.Ratio} split that was not adjusted for",
                "use adjusted prices, or a factor file"));
        if (_splitCount > _splits.Count)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Split, Range(),
                $"{_splitCount - _splits.Count} more steps look like splits", "use adjusted prices, or a factor file"));
        foreach (var f in _frozen)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Frozen, Text(f.From),
                $"the price stands still for {f.Bars} bars until {Text(f.To)}", "a feed that hangs looks so; compare with another source"));
        if (_frozenCount > _frozen.Count)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Frozen, Range(),
                $"{_frozenCount - _frozen.Count} more stretches stand still, {_frozenTotal} bars in all",
                "a market that trades so seldom fills few orders; use a longer timeframe"));
        if (_count > 0 && _withoutVolume == _count)
            findings.Add(new Finding(Severity.Info, QualityCheck.Volume, Range(), "no bar has a volume",
                "factors and limits that use volume say nothing here"));
        else if (_withoutVolume * 20 > _count)
            findings.Add(new Finding(Severity.Info, QualityCheck.Volume, Range(),
                $"{_withoutVolume} bars ({100.0 * _withoutVolume / _count:0.#} %) have no volume", "fills on them are doubtful"));
        return new QualityReport(instrument.Symbol, timeframe, _count, _count == 0 ? 0 : _first, _count == 0 ? 0 : _previous.Time, missing,
            [.. findings.OrderByDescending(f => f.Severity)])
        {
            MissingDays = otherLength ? [] : _tradingDays.Missing(),
            ShortDays = otherLength || !timeframe.IsIntraday ? [] : [.. _completeness.Short().Select(d => d.Date)],
        };
    }

    // Reports bars of another length than their timeframe; true if they are.
    private bool Granularity(List<Finding> findings)
    {
        var other = false;
        if (_regular > 0) _steps[timeframe.Ticks] = _regular;
        if (_steps.Count > 0)
        {
            var most = _steps.MaxBy(s => (s.Value, -s.Key));
            if (most.Key != timeframe.Ticks && (timeframe != Timeframe.D1 || most.Key > 3 * TimeSpan.TicksPerDay))
            {
                other = true;
                findings.Add(new Finding(Severity.Warning, QualityCheck.Granularity, Range(),
                    $"most bars are {Reading.BarCollector.Describe(most.Key)} apart, not {timeframe}",
                    "name the timeframe that the bars have"));
            }
            foreach (var run in other ? [] : _runs)
                findings.Add(new Finding(Severity.Warning, QualityCheck.Granularity, Text(run.From),
                    $"{run.Bars} bars until {Text(run.To)} are {Reading.BarCollector.Describe(run.Step)} apart, not {timeframe}",
                    "import them as the timeframe that they have, or fill them from another source"));
            var shorter = _steps.Where(s => s.Key < timeframe.Ticks).Sum(s => s.Value);
            if (shorter > 0)
                findings.Add(new Finding(Severity.Warning, QualityCheck.Granularity, Range(),
                    $"{shorter} bars follow the one before sooner than after {timeframe}, so they overlap",
                    "check the stamps, or name the timeframe that the bars have"));
        }
        if (_offGrid * 100 > _count && timeframe.IsIntraday)
            findings.Add(new Finding(Severity.Info, QualityCheck.Granularity, Range(),
                $"{_offGrid} bars do not start on a full {timeframe}", "make sure that stamps are opens, not closes or trades"));
        if (timeframe == Timeframe.D1 && _weekend > 0 && _weekend * 10 < _count)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Granularity, Range(),
                $"{_weekend} of {_count} days are Saturdays or Sundays", "check the time zone of the dates"));
        return other;
    }

    private string Range() => $"{Text(_first)} to {Text(_previous.Time)}";

    private string Text(long time) => Examples.Time(time, timeframe);
}
