using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>
/// Checks valid bars for suspicious patterns, block by block in bounded memory: gaps, outliers, stale prices, unadjusted splits, and bars
/// of a different length than their timeframe.
/// </summary>
internal sealed class BarQualityAnalyser(Instrument instrument, Timeframe timeframe)
{
    private const int Window = 201;

    // An outlier is a return this many robust deviations (1.4826 × the median absolute return of the last 201 bars) from zero.
    private const double OutlierDeviations = 15;

    // A move that the next bar mostly reverts needs fewer deviations: a price change on news does not revert.
    private const double PrintDeviations = 10;

    // This many consecutive steps of one other length are bars of that length, not a quiet market.
    private const int LongRun = 30;

    // Fewer returns than this do not show how much a market moves; then only moves of half the price count.
    private const int FewReturns = 20, ManyReturns = 50;

    // At most so many steps wait until the market's usual moves are known. A market with gaps everywhere does not show them.
    private const int MostEarly = 1_000;

    // A price that stays at more than this multiple is not news.
    private const double LastingStep = 5;

    // Common ratios of splits; reverse splits have the inverse ones.
    private static readonly double[] Splits = [1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 500, 1000];

    private readonly Dictionary<long, long> _steps = [];
    private readonly RunningMedian _within = new(Window), _across = new(Window);
    private readonly List<Jump> _outliers = [];
    private readonly List<(long Time, string Price, double Beyond)> _wicks = [];
    // Null once they are judged.
    private List<(Bar Before, Bar Bar, long Step)>? _early = [];
    private readonly List<(long Time, string Ratio, double From, double To)> _splits = [];
    private readonly List<(long From, long To, long Bars)> _frozen = [];
    private readonly List<(long From, long To, long Step, long Bars)> _runs = [];
    private readonly TradingDays _tradingDays = new(instrument.Calendar, timeframe);
    private readonly DayCompleteness _completeness = new(instrument.Calendar, timeframe);
    private readonly MissingBarFinder _gaps = new(instrument, timeframe);
    private Bar _previous;
    private long _count, _first, _regular, _offGrid, _weekend, _firstWeekend, _withoutVolume;
    private long _frozenFrom, _frozenBars;
    private long _runFrom, _runStep, _runBars;
    private long _outlierCount, _splitCount, _wickCount, _frozenCount, _frozenTotal;
    private Jump? _pending;
    private ListingCursor _listing = new(instrument, timeframe);
    private int _change;

    // A close far from the one before. The next bar shows whether the price reverts.
    private sealed record Jump(long Time, double Before, double Open, double Close, double Deviations, string? Split)
    {
        public bool Reverts { get; init; }

        public bool IsLast { get; init; }

        public double Return => Close / Before - 1;

        public bool IsStep => !Reverts && Math.Abs(Math.Log(Close / Before)) > Math.Log(LastingStep);

        public double Weight => Deviations + (Reverts || IsStep ? 1e6 : 0);
    }

    /// <summary>Analyses the next bars.</summary>
    public void Add(BarBlock block)
    {
        _tradingDays.Add(block.Time);
        for (var i = 0; i < block.Count; i++) Add(block[i]);
    }

    private void Add(in Bar bar)
    {
        var isNewListing = _listing.IsNew(bar.Time);
        if (timeframe.IsIntraday) _completeness.Add(bar.Time);
        _gaps.Add(bar.Time);
        // Tick zero is a Monday.
        if (bar.Time / TimeSpan.TicksPerDay % 7 >= 5 && _weekend++ == 0) _firstWeekend = bar.Time;
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

        // The gap between two contracts or companies is no move of the market, and prices of 0 or less have no ratio.
        if (HasRolled(_previous, bar) || isNewListing || !(_previous.Close > 0 && bar.Low > 0)) Settle(bar.Close);
        else LookForJump(_previous, bar, step);
        LookForRun(bar, step);
        LookForStandstill(bar);
        _previous = bar;
    }

    private void LookForJump(in Bar before, in Bar bar, long step)
    {
        if (_early is null)
        {
            if (!Judge(before, bar, step)) Measure(before, bar, step);
            return;
        }
        // The first bars are judged by the moves of the market too, so they wait until there are enough.
        _early.Add((before, bar, step));
        Measure(before, bar, step);
        if (_within.Count == ManyReturns || _early.Count == MostEarly) JudgeEarly();
    }

    // Whether the chain has rolled since the bar before.
    private bool HasRolled(in Bar before, in Bar bar)
    {
        var hasRolled = false;
        for (; _change < instrument.Changes.Count && instrument.Changes[_change].Time <= bar.Time; _change++)
            hasRolled |= instrument.Changes[_change] is { Kind: ListingChangeKind.Roll } roll && roll.Time > before.Time;
        return hasRolled;
    }

    private void JudgeEarly()
    {
        var early = _early!;
        _early = null;
        foreach (var (before, bar, step) in early) Judge(before, bar, step);
    }

    private bool IsNight(long step) => !timeframe.IsIntraday || step >= MissingBarFinder.LongBreak;

    private RunningMedian ScaleOf(long step) => timeframe.IsIntraday && IsNight(step) ? _across : _within;

    // Symmetric in both directions: half the price and twice the price have the same distance.
    private static double Apart(double price, double other) => price >= other ? price / other - 1 : other / price - 1;

    private void Measure(in Bar before, in Bar bar, long step)
    {
        if (IsNight(step) || step <= timeframe.Ticks) ScaleOf(step).Add(Apart(bar.Close, before.Close));
    }

    // True if the price returned from a jump.
    private bool Judge(in Bar before, in Bar bar, long step)
    {
        // A bad print reverts at once; a real move stays.
        if (Settle(bar.Close)) return true;
        // The price of a delisting follows from the file of members.
        if (instrument.IsDelistedIn(timeframe, bar.Time)) return false;
        var scale = ScaleOf(step);
        var absolute = Apart(bar.Close, before.Close);
        // The expected move over a short break in a session grows with the square root of its length.
        var longer = IsNight(step) ? 1 : Math.Sqrt(Math.Max(1, (double)step / timeframe.Ticks));
        // In quiet markets the median can be zero; then the larger moves determine the scale. A return of 0.2 % is never an outlier.
        var deviation = longer * (scale.Count < FewReturns ? Math.Max(1.4826 * scale.Median, 0.02)
            : Math.Max(Math.Max(1.4826 * scale.Median, scale.Lower(0.9) / 1.645), 0.0002));
        LookForWick(before, bar, deviation);
        if (scale.Count < ManyReturns && absolute <= (scale.Count < FewReturns ? 0.5 : 0.25)) return false;
        // Splits take effect between two sessions.
        var split = IsNight(step) ? SplitAt(before, bar) : null;
        if (absolute > PrintDeviations * deviation || absolute > 8 * deviation && absolute > 0.25 && split is not null)
            _pending = new Jump(bar.Time, before.Close, bar.Open, bar.Close, absolute / deviation, split);
        return false;
    }

    // A high or a low far beyond the prices around it.
    private void LookForWick(in Bar before, in Bar bar, double deviation)
    {
        var up = bar.High / Math.Max(Math.Max(bar.Open, bar.Close), before.Close) - 1;
        var down = Math.Min(Math.Min(bar.Open, bar.Close), before.Close) / bar.Low - 1;
        if (!(Math.Max(up, down) > Math.Max(0.5, OutlierDeviations * deviation))) return;
        _wickCount++;
        Examples.Keep(_wicks, (bar.Time, up > down ? "high" : "low", Math.Max(up, down)), static w => w.Item3);
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
            Examples.Keep(_outliers, p with { Reverts = reverts, IsLast = next is null }, static o => o.Weight);
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

    private static string? SplitAt(in Bar before, in Bar bar)
    {
        var opening = bar.Open / before.Close;
        if (opening is > 0.78 and < 1.28) return null;
        var ratio = opening < 1 ? 1 / opening : opening;
        foreach (var split in Splits)
            if (Math.Abs(ratio / split - 1) < (split == 1.5 ? 0.03 : 0.04))
            {
                var (more, fewer) = split == 1.5 ? ("3", "2") : ($"{split:0}", "1");
                return opening < 1 ? $"{more}:{fewer}" : $"{fewer}:{more}";
            }
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
            if (_early is not null) JudgeEarly();
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
        Jumps(findings);
        foreach (var s in _splits)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Split, Text(s.Time),
                FormattableString.Invariant($"the price steps from {s.From:0.##########} to {s.To:0.##########} over night and stays, ")
                    + $"as in a {s.Ratio} split that was not adjusted for"
                    + (s.Ratio is "100:1" or "1:100" ? ", or where pounds become pence" : ""),
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
        Unjudged(findings);
        return new QualityReport(instrument.Symbol, timeframe, _count, _count == 0 ? 0 : _first, _count == 0 ? 0 : _previous.Time, missing,
            [.. findings.OrderByDescending(f => f.Severity)])
        {
            MissingDays = otherLength ? [] : _tradingDays.Missing(),
            ShortDays = otherLength || !timeframe.IsIntraday ? [] : [.. _completeness.Short().Select(d => d.Date)],
        };
    }

    private void Jumps(List<Finding> findings)
    {
        foreach (var o in _outliers)
        {
            var move = FormattableString.Invariant($"the close moves {o.Return * 100:+0.##;-0.##} %, {o.Deviations:0} robust deviations");
            findings.Add(o.Reverts
                ? new Finding(Severity.Warning, QualityCheck.Outlier, Text(o.Time),
                    $"{move}, and comes back at the next bar, as a wrong price does", "compare with another source and correct the bar")
                : o.IsStep ? new Finding(Severity.Warning, QualityCheck.Outlier, Text(o.Time),
                    o.IsLast ? $"{move}, at the last bar" : FormattableString.Invariant($"{move}: it steps from {o.Before:0.##########} to {o.Close:0.##########}"),
                    "compare with another source: prices of another unit, a split, another instrument or a wrong price look so")
                : new Finding(Severity.Info, QualityCheck.Outlier, Text(o.Time), move,
                    "make sure that this was news and not a wrong price"));
        }
        if (_outlierCount > _outliers.Count)
            findings.Add(new Finding(Severity.Info, QualityCheck.Outlier, Range(),
                $"{_outlierCount - _outliers.Count} more closes lie further than {OutlierDeviations} robust deviations from the one before",
                "look through them if results hang on few trades"));
        foreach (var (time, price, beyond) in _wicks)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Outlier, Text(time),
                FormattableString.Invariant($"the {price} lies {beyond * 100:0.##} % beyond the prices around it, as a wrong price does"),
                "compare with another source and correct the bar"));
        if (_wickCount > _wicks.Count)
            findings.Add(new Finding(Severity.Warning, QualityCheck.Outlier, Range(),
                $"{_wickCount - _wicks.Count} more highs or lows lie far beyond the prices around them",
                "compare with another source and correct the bars"));
    }

    // Names the checks for which there are too few bars.
    private void Unjudged(List<Finding> findings)
    {
        if (_count == 0) return;
        if (_within.Count < FewReturns)
            findings.Add(new Finding(Severity.Info, QualityCheck.Unjudged, Range(),
                $"{_count} bars do not show how much the market moves: of its prices only moves of more than half were looked for",
                "check a longer range"));
        else if (timeframe.IsIntraday && _across.Count is > 0 and < FewReturns)
            findings.Add(new Finding(Severity.Info, QualityCheck.Unjudged, Range(),
                $"{_across.Count} nights do not show how much the market moves over night: only moves of more than half were looked for",
                "check a longer range"));
        if (timeframe.IsIntraday && _completeness.Days < DayCompleteness.FewestDays)
            findings.Add(new Finding(Severity.Info, QualityCheck.Unjudged, Range(),
                $"the bars of {_completeness.Days} {(_completeness.Days == 1 ? "day" : "days")} do not show a usual day: whether days are "
                    + "complete was not looked for",
                "check a longer range"));
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
                $"{_weekend} of {_count} days are Saturdays or Sundays, the first {Text(_firstWeekend)}",
                "check the time zone of the dates, unless these were special sessions"));
        return other;
    }

    private string Range() => $"{Text(_first)} to {Text(_previous.Time)}";

    private string Text(long time) => Examples.Time(time, timeframe);
}
