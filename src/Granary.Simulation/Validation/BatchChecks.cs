using System.Globalization;
using System.Text.Json;
using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>Results of all validation checks of a batch.</summary>
/// <param name="Selection">Null if nothing could be traced.</param>
/// <param name="OutOfSample">Null if it cannot be computed; <paramref name="OutOfSampleMissing"/> gives the reason.</param>
/// <param name="LedgerFault">The reason why trials of other batches are not counted; null if they are.</param>
internal sealed record BatchChecks(
    SelectionChecks? Selection, OutOfSample? OutOfSample, string OutOfSampleMissing, LookAheadResult? LookAhead, CostStress? Stress,
    string? LedgerFault)
{
    /// <summary>A deflated Sharpe ratio above this value passes the check.</summary>
    public const double Confidence = ValidationChecks.Confidence;

    /// <summary>Trials ever made on these bars; null if they were not counted.</summary>
    public TrialCensus? Census { get; init; }

    /// <summary>Comparison with the batch's benchmark; null if it cannot be computed.</summary>
    public BenchmarkCheck? Benchmark { get; init; }

    /// <summary>Name of the batch's benchmark; null if it has none, and then there is no such check.</summary>
    public string? BenchmarkName { get; init; }

    /// <summary>Whether the batch's trading costs are zero, so doubling them has no effect.</summary>
    public bool CostsAreZero { get; init; }

    /// <summary>Costs of the portfolio that add up to a gain.</summary>
    public CostGains Gains { get; init; } = CostGains.None;

    /// <summary>Why the portfolio never held a position, so nothing about its trading can be checked; null if it did.</summary>
    public IdlePortfolio? Idle { get; init; }

    /// <summary>Members whose trades another program recorded.</summary>
    public RecordedTrials Recorded { get; init; } = new(0, 0);

    /// <summary>Finding on weights that a policy has learned; null if there are none.</summary>
    public ValidationCheck? LearnedWeights { get; init; }

    /// <summary>The statement about the universe; null for a batch of one symbol.</summary>
    public ValidationCheck? Universe { get; init; }

    /// <summary>Whether costs were measured, and the verdict at their upper end; null if it was not stated.</summary>
    public ValidationCheck? Costs { get; init; }

    /// <summary>The effect of survivorship; null if it was not computed.</summary>
    public SurvivorshipResults? Survivorship { get; init; }

    /// <summary>Steps from the headline figure to the checks'.</summary>
    public IReadOnlyList<BridgeRow> Bridge { get; init; } = [];

    /// <summary>Returns a copy whose periods are cut at the first and last row, because whole periods extend beyond them.</summary>
    /// <param name="rows">Times of the portfolio's first and last row, UTC ticks.</param>
    public BatchChecks Within((long First, long Last) rows) => rows.First < 0 ? this : this with
    {
        OutOfSample = OutOfSample is { } o ? o with { From = Math.Max(o.From, rows.First), To = Math.Min(o.To, rows.Last) } : null,
        Bridge = [.. Bridge.Select(r => r with
        {
            From = r.From is { } from ? Math.Max(from, rows.First) : null,
            To = r.To is { } to ? Math.Min(to, rows.Last) : null,
        })],
    };

    /// <summary>Returns the checks as findings: passed, failed or missing.</summary>
    public ValidationChecks ToFindings()
    {
        var findings = new Dictionary<string, ValidationCheck>(StringComparer.Ordinal);
        static ValidationState State(bool passed) => passed ? ValidationState.Passed : ValidationState.Failed;
        findings[ValidationChecks.OutOfSample] = Idle is not null ? ValidationCheck.Missing(Idle.Finding)
            : OutOfSample is { } o
            ? new ValidationCheck(State(o.Passed),
                Text($"{Percent(o.Return)} over {Counted.Of(o.Periods, "period")} that the choice had not seen, ")
                    + Text($"from {Day(o.From)} to {Day(o.To)}: {o.How}"),
                [("return", o.Return), ("sharpe", o.Sharpe), ("periods", o.Periods)])
            : ValidationCheck.Missing(OutOfSampleMissing);
        var s = Selection;
        findings[ValidationChecks.DeflatedSharpe] = Idle is not null ? ValidationCheck.Missing(Idle.Finding)
            : s is null || double.IsNaN(s.PortfolioDeflated)
            ? ValidationCheck.Missing("the portfolio has no Sharpe ratio to deflate")
            : Recorded.Unknown > 0 ? ValidationCheck.Missing(Recorded.UnknownSentence)
            : LedgerFault is not null ? ValidationCheck.Missing($"the trials of other batches are not counted: {LedgerFault}")
            : new ValidationCheck(State(s.PortfolioDeflated > Confidence),
                Text($"{s.PortfolioDeflated:0.000}, where more than {Confidence} is needed; {Counted.Of(s.Trials, "trial")} on these ")
                + Text($"bars {(s.Trials == 1 ? "counts" : "count")} as ")
                + Text($"{s.EffectiveTrials:#,0.#} independent {(s.EffectiveTrials == 1 ? "one" : "ones")}")
                + (Census is { IsAlone: true } ? "; no trial ledger is kept, so those of other runs are not among them" : "")
                + (DependsOnLedger(s) ? Text($". The ledger decides: with the trials of this batch alone it is {s.PortfolioAlone:0.000}")
                    : ""),
                [("value", s.PortfolioDeflated), ("threshold", Confidence), ("trials", s.Trials), ("effectiveTrials", s.EffectiveTrials),
                    ("alone", s.PortfolioAlone), ("raw", s.Raw.Deflated),
                    ("sharpe", s.Portfolio.Sharpe), ("expectedMaximum", s.ExpectedMaximum),
                    ("winnersOfNothing", s.WinnersOfNothing), ("minimumTrackRecord", s.Portfolio.MinimumTrackRecord),
                    ("periods", s.Portfolio.Returns)]);
        findings[ValidationChecks.Overfitting] = AgainstOverfitting();
        findings[ValidationChecks.Causality] = Recorded.Members > 0 ? ValidationCheck.Missing(Recorded.Sentence)
            : LookAhead is { } c
            ? new ValidationCheck(State(c.Passed), LookAheadText.Of(c),
                [("strategies", c.Strategies), ("cuts", c.Cuts), ("found", c.Found.Count + c.Reaches.Count)])
            : ValidationCheck.Missing("not checked (--no-guards)");
        findings[ValidationChecks.CostStress] = Idle is not null ? ValidationCheck.Missing(Idle.Finding)
            : CostsAreZero
            ? WithoutCosts()
            : Stress is { Strategies: > 0 } t
            ? new ValidationCheck(State(t.Passed),
                Text($"{Of(t)}: {Percent(t.Stressed)} instead of {Percent(t.Return)} with doubled costs and orders one bar later; ")
                    + Text($"{Tried(t)}{WhyMore(t)}{WithGains}"),
                [("return", t.Return), ("stressed", t.Stressed), ("weighted", t.Weighted), ("strategies", t.Strategies),
                    ("stillProfitable", t.StillProfitable), .. Gains.Figures])
            : ValidationCheck.Missing(Stress is null ? "not checked (--no-guards)" : "no strategy has a weight");
        if (BenchmarkName is not null) findings[ValidationChecks.Benchmark] = AgainstBenchmark(BenchmarkName);
        if (Universe is not null) findings[ValidationChecks.Universe] = Universe;
        if (Costs is not null) findings[ValidationChecks.Costs] = Costs;
        if (LearnedWeights is not null) findings[ValidationChecks.LearnedWeights] = LearnedWeights;
        return new ValidationChecks(findings);
    }

    private string VerdictSentence()
    {
        var verdict = ToFindings().Decide();
        return verdict.MayBeTraded
            ? $"All {verdict.Checks} checks passed. That does not make the future like the past; it says that luck, "
                + (Gains.IsAny ? "choosing and look-ahead do not explain these results."
                    : "choosing, look-ahead and thin costs do not explain these results.")
            : $"{verdict.Reasons.Count} of the {verdict.Checks} checks did not pass: these results should not be traded as "
                + $"they are.";
    }

    private string NothingToDouble => Gains.Commission > 0 ? "no cost is above zero, since makers are paid and nothing else costs anything"
        : "the batch sets no commission and no slippage to double";

    private ValidationCheck WithoutCosts()
    {
        var missing = ValidationCheck.Missing(
            $"{NothingToDouble}; set execution.commissionPercent and execution.slippagePercent{WithGains}");
        return missing with { Figures = Gains.Figures };
    }

    private string WithGains => Gains.IsAny ? "; " + Gains.Sentence : "";

    private static string LedgerSentence(SelectionChecks s) => !DependsOnLedger(s) ? ""
        : Text($" This depends on the trial ledger: with the trials of this batch alone the probability is ")
            + Text($"{Percent(s.PortfolioAlone)}, and the check passes.");

    // Whether the trials of other batches on these bars change the result of the check.
    private static bool DependsOnLedger(SelectionChecks s) => s.PortfolioAlone > Confidence != s.PortfolioDeflated > Confidence;

    private ValidationCheck AgainstOverfitting() => Selection switch
    {
        null => ValidationCheck.Missing("nothing was traced"),
        { Overfitting: { } p } s => new ValidationCheck(p.PersistsOutOfSample ? ValidationState.Passed : ValidationState.Failed,
            Text($"{p.Probability:0.00}, where 0.5 is a choice by chance; the choice earns nothing out of sample in ")
            + Text($"{Percent(p.ProbabilityOfNoGain)} of the splits")
            + (p.IsAmongEarners ? Text(
                $" (at most {Percent(ProbabilityOfOverfitting.MostLoss)} passes: it is a choice among strategies that all earn)") : ""),
            [("value", p.Probability), ("threshold", ProbabilityOfOverfitting.Most), ("loss", p.ProbabilityOfNoGain),
                ("lossThreshold", ProbabilityOfOverfitting.MostLoss), ("blocks", s.OverfittingBlocks)]),
        { Trials: <= 1, Deflated.Length: 1 } => new ValidationCheck(ValidationState.Passed,
            "a single strategy, the only one ever run on these bars: nothing was chosen", [("value", 0)]),
        { Deflated.Length: < 2 } =>
            ValidationCheck.Missing("one strategy alone gives nothing to choose among, and others have been tried on these bars"),
        _ => ValidationCheck.Missing("the record is too short to be split"),
    };

    private ValidationCheck AgainstBenchmark(string name) => Idle is not null ? ValidationCheck.Missing(Idle.Finding)
        : Benchmark is not { } b
        ? ValidationCheck.Missing($"the portfolio or {name} never moved, or they have fewer than ten periods in common")
        : new ValidationCheck(b.Passed ? ValidationState.Passed : ValidationState.Failed,
            Stretch(b, name)
                + Text($"the portfolio returned {Percent(b.Return)} and {name} {Percent(b.BenchmarkReturn)}; ")
                + Text($"at the same risk the portfolio earned {Percent(AnnualExcess(b))} a year ")
            + Text($"{(b.Excess >= 0 ? "more" : "less")}, which luck explains with a probability of {b.Probability:0.000} (at most ")
            + Text($"{BenchmarkCheck.Level} passes)")
                + (b.Selection is { } best ? Text($"; of the portfolio by itself {b.Own:0.000}, of the best of the strategies that it was ")
                    + Text($"chosen from {best:0.000}") : ""),
            [("return", b.Return), ("benchmarkReturn", b.BenchmarkReturn), ("sharpe", b.Sharpe), ("benchmarkSharpe", b.BenchmarkSharpe),
                ("excess", b.Excess), ("pValue", b.Probability), ("own", b.Own),
                ("selection", b.Selection ?? double.NaN), ("threshold", BenchmarkCheck.Level)]);

    // The periods that both have, where these are not all of the portfolio's.
    private static string Stretch(BenchmarkCheck b, string name) => (b.Since, b.Until) switch
    {
        ({ } since, null) => Text($"from {Day(since)} on, since {name} begins later, "),
        (null, { } until) => Text($"up to {Day(until - 1)}, since {name} ends earlier, "),
        ({ } since, { } until) => Text($"from {Day(since)} to {Day(until - 1)}, since {name} begins later and ends earlier, "),
        _ => "",
    };

    // Without portfolio returns, for example without trades, there is no expected maximum.
    private static string Worthless(SelectionChecks s) => double.IsNaN(s.ExpectedMaximum) ? ""
        : Text($" If all of them were worthless, the best would still be expected to show a Sharpe ratio of ")
            + Text($"{TracePeriod.Annual(s.ExpectedMaximum, s.PeriodTicks):0.00} a year")
            + (s.WinnersOfNothing > 0
                ? Text($", and a portfolio of those that were chosen among them {TracePeriod.Annual(s.WinnersOfNothing, s.PeriodTicks):0.00}.") : ".");

    private static double AnnualExcess(BenchmarkCheck b) => Math.Abs(b.Excess) * 365.25 * TimeSpan.TicksPerDay / b.PeriodTicks;

    private static string Of(CostStress stress) => stress.IsOfPortfolio ? "the stitched equity earns"
        : "the weighted strategies, each in its own account, earn on average";

    /// <summary>Returns plain sentences on how reliable the results are, most important first.</summary>
    public IReadOnlyList<string> Conclusions(IReadOnlyList<StrategyEntry> strategies)
    {
        var said = new List<string>();
        said.Add(VerdictSentence());
        if (Gains.IsAny) said.Add(Sentence(Gains.Sentence));
        if (LookAhead is { Passed: false } leak) said.AddRange(LookAheadText.Conclusions(leak));
        if (Selection is { } s)
        {
            var unit = TracePeriod.Unit(s.PeriodTicks);
            if (s.Trials > 1 || Census is { Portfolios: > 1 })
                said.Add(Text(
                    $"{s.Trials:#,0} different combinations have been run on these bars so far, {s.NewTrials:#,0} of them for the first ")
                        + Text($"time now{MoreTrials()}. Similar ones counted together, they amount to {s.EffectiveTrials:#,0.#} independent ")
                        + Text($"trials.{Worthless(s)}"));
            if (!double.IsNaN(s.PortfolioDeflated))
                said.Add(Text($"The portfolio's Sharpe ratio of {TracePeriod.Annual(s.Portfolio.Sharpe, s.PeriodTicks):0.00} a year, ")
                        + Text($"from returns over {unit}, exceeds what luck would show, with a probability of ")
                        + Text($"{Percent(s.PortfolioDeflated)}")
                        + (s.PortfolioDeflated > Confidence ? "." : ", which is no evidence of skill.") + LedgerSentence(s));
            var strong = strategies.Where(e => s.Deflated[e.Index] > Confidence).ToList();
            said.Add(strong.Count == 0 ? $"No single strategy stands out from so many trials."
                : $"{Counted.Of(strong.Count, strategies.Count, "strategy")} {(strong.Count == 1 ? "stands" : "stand")} out from so many "
                    + $"trials, first {strong.MaxBy(e => s.Deflated[e.Index])!.Id}.");
            if (s.Overfitting is { } o)
                said.Add(Text(
                    $"Choosing the best strategy on one half of the record and looking at it on the other half, over {o.Logits.Count:#,0} ")
                        + Text($"ways of halving, it fell into the worse half of all strategies in {Percent(o.Probability)} of ")
                        + Text($"them{OverfittingSentence(o)}"));
            if (s.Snooping is { } n)
                said.Add(Text(
                    $"That {(s.SnoopingStrategies == 1 ? "the strategy" : Text($"the best of {s.SnoopingStrategies:#,0} strategies"))} ")
                        + Text($"earns {(BenchmarkName is { } over ? $"more than {over}" : "anything at all")} could be luck with a ")
                        + Text($"probability of {Percent(n.Consistent)} (test for superior predictive ability; White's reality check says ")
                        + Text($"{Percent(n.RealityCheck)}){(n.Consistent <= 0.05 ? "." : ", too much to rule it out.")}"));
            if (double.IsFinite(s.Portfolio.MinimumTrackRecord))
                said.Add(Text(
                    $"A record of at least {Math.Ceiling(s.Portfolio.MinimumTrackRecord):#,0} {unit} would be needed to tell the ")
                        + Text($"portfolio's Sharpe ratio from zero; this one has {s.Portfolio.Returns:#,0}."));
        }
        if (WithoutLedger() is { } without) said.Add(without);
        said.Add(Idle is not null ? $"There is no result on unseen bars: {Idle.Finding}."
            : OutOfSample is { } out1 ? Text($"On bars that the choice had not seen the result is {Percent(out1.Return)} ({out1.How}).")
            : $"There is no result on unseen bars: {OutOfSampleMissing}.");
        if (BenchmarkName is not null) said.Add(Sentence(AgainstBenchmark(BenchmarkName).Sentence));
        if (CostsAreZero) said.Add("No cost is above zero, so every figure is before costs, and there is no stress of costs.");
        if (Idle is null && Stress is { Strategies: > 0 } stress)
            said.Add(Text(
                $"With {(CostsAreZero ? "" : "every cost doubled and ")}every order one bar later, {Of(stress)} ")
                    + Text($"{Percent(stress.Stressed)} instead of {Percent(stress.Return)}, and {Tried(stress)}{WhyMore(stress)}."));
        if (LookAhead is { Passed: true } clean)
            said.Add(Text(
                $"No look-ahead was found in a sample of {Counted.Of(clean.Strategies, "strategy")} whose later bars were changed at ")
                    + $"{Counted.Of(clean.Cuts, "time")}. granary verify checks all of them.");
        return said;
    }

    private string? WithoutLedger() =>
        LedgerFault is not null ? "The trial ledger could not be kept, so the trials of other batches are not counted and every figure above "
            + $"flatters: {LedgerFault}"
        : Census is { IsAlone: true }
            ? "No trial ledger is kept, so the trials of other runs are not counted, and every figure above flatters." : null;

    private string MoreTrials() => Census is not { } c ? ""
        : (c.Portfolios > 1 ? Text($", with {c.Portfolios:#,0} different portfolios of them") : "")
            + (c.Siblings > 0
                ? Text($", and {c.Siblings:#,0} combinations of the same strategy classes on other markets of that time") : "");

    private static string OverfittingSentence(ProbabilityOfOverfitting overfitting) => overfitting switch
    {
        { IsAmongEarners: true } => Text(
            $". It failed to earn there in {Percent(overfitting.ProbabilityOfNoGain)} of them only: the choice is among strategies that ")
                + "all earn.",
        { PersistsOutOfSample: false } => ": the choice is no better than drawing lots.",
        { Probability: < 0.2 } => ": the choice carries over.",
        _ => ".",
    };

    /// <summary>Returns the section of results.json and of the report.</summary>
    public ValidationFigures ToResults(IReadOnlyList<StrategyEntry> strategies)
    {
        var results = new ValidationFigures
        {
            Conclusions = Conclusions(strategies),
            Bridge = Bridge,
            Ledger = LedgerFault,
            LookAhead = LookAhead is not { Passed: false } c ? null
                : [.. c.Found.Select(f => new LookAheadRow(f.Strategy, f.Cut.Ticks, f.Sentence))],
            Reaches = LookAhead is not { Passed: false } r ? null
                : [.. r.Reaches.Select(x => new ReachRow(x.Plugin, JsonNamingPolicy.CamelCase.ConvertName(x.Kind.ToString()), x.Sentence))],
        };
        return Selection is { } s ? WithFigures(results, s) : results;
    }

    private static ValidationFigures WithFigures(ValidationFigures results, SelectionChecks s) => results with
    {
        Period = TracePeriod.Unit(s.PeriodTicks),
        Trials = s.Trials,
        NewTrials = s.NewTrials,
        EffectiveTrials = s.EffectiveTrials,
        Clusters = s.Clusters,
        TrialDeviation = s.Raw.TrialDeviation,
        RawExpectedMaximum = s.Raw.ExpectedMaximum,
        RawDeflatedSharpe = s.Raw.Deflated,
        ExpectedMaximum = s.ExpectedMaximum,
        WinnersOfNothing = s.WinnersOfNothing,
        LuckBar = s.AnnualLuckBar,
        Sharpe = s.Portfolio.Sharpe,
        DeflatedSharpe = s.PortfolioDeflated,
        MinimumTrackRecord = s.Portfolio.MinimumTrackRecord,
        Periods = s.Portfolio.Returns,
        ProbabilityOfOverfitting = s.Overfitting?.Probability ?? double.NaN,
        ProbabilityOfLoss = s.Overfitting?.ProbabilityOfLoss ?? double.NaN,
        Degradation = s.Overfitting?.Degradation ?? double.NaN,
        Blocks = s.OverfittingBlocks,
        RealityCheck = s.Snooping?.RealityCheck ?? double.NaN,
        SuperiorPredictiveAbility = s.Snooping?.Consistent ?? double.NaN,
        MeanBlock = s.Snooping?.MeanBlock ?? double.NaN,
        Resamples = s.Snooping?.Resamples ?? 0,
        Logits = s.Overfitting is { } o ? CountsOf(o.Logits) : null,
    };

    private static int[] CountsOf(IReadOnlyList<double> logits)
    {
        var counts = new int[24];
        foreach (var logit in logits) counts[(int)Math.Clamp(Math.Floor((logit + 6) * 2), 0, counts.Length - 1)]++;
        return counts;
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";

    private static string Tried(CostStress stress)
    {
        var verb = stress.StillProfitable == 1 || stress.Strategies == 1 ? "earns" : "earn";
        var earning = $"{Counted.Of(stress.StillProfitable, stress.Strategies, "strategy")} still {verb}";
        return stress.Strategies == stress.Weighted ? earning
            : earning + Text($", which were drawn evenly from the {stress.Weighted:#,0} with a weight");
    }

    // A return that grows under stress looks wrong without its reason.
    private static string WhyMore(CostStress stress) => stress.Stressed <= stress.Return ? ""
        : ". It is more since an order one bar later fills at another price, which was better here by more than the costs";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:#,0.0} %");

    private static string Day(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
