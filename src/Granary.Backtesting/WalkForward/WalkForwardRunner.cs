using System.Diagnostics;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;
using Granary.Simulation.Notes;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;
using Granary.Simulation.Work;

namespace Granary.Backtesting.WalkForward;

/// <summary>Implements <c>walkforward</c>: runs a batch file and writes a run's folder whose equity is completely out of sample. The steps
/// are open, plan, select and trade (repeatedly), train, simulate, validate, write.</summary>
/// <param name="host">Runs all combinations over the complete record.</param>
/// <param name="ledger">
/// Counts the trials of all runs on the same bars; null = the user's (<see cref="TrialLedger.OfUser"/>). <see cref="TrialLedger.None"/>
/// counts this run's trials alone, and its evidence says so.
/// </param>
/// <param name="sources">Opens the source of a batch; null = the catalogue that the batch was read with.</param>
/// <param name="work">Makes the choices of the windows; null = the threads of this process.</param>
internal sealed class WalkForwardRunner(IBatchHost host, TimeProvider clock, TrialLedger? ledger = null,
    Func<DataSpec, IBarSource>? sources = null, IWorkHost? work = null)
{
    private readonly TrialLedger _ledger = ledger ?? TrialLedger.OfUser();

    /// <exception cref="InputException">The batch is invalid, or the record is too short.</exception>
    /// <exception cref="BarDataException">The bars are invalid.</exception>
    /// <exception cref="DiskException">The run's folder cannot be written.</exception>
    public async Task<(BatchRun Run, WalkForwardOutcome Outcome)> RunAsync(BatchSpec spec, BatchOptions options,
        IProgress<(int Done, int Windows)>? progress = null, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        var opening = new BatchOpening { Threads = options.Threads, Yes = options.Yes, Sources = sources };
        await using var prepared = await PreparedWalkForward.OpenAsync(spec, opening, clock, cancellationToken);
        var (opened, input) = (prepared.Opened, prepared.Input);
        var bars = input.Markets;
        using var folder = RunFolder.Open(options.Out, spec.Name + (options.Out is null ? "-walkforward" : ""), options.Resume,
            clock.GetUtcNow().UtcDateTime, spec.Metrics, options.Attempt?.Number ?? 0);
        return await folder.WorkAsync(async () =>
        {
            _ = GroupWeights.RuleOf(opened.Plan, input.Groups());
            var counter = progress is null ? null : new Relay(done => progress.Report((done, input.Windows.Count)));
            var outcome = await WalkForwardOptimiser.RunAsync(prepared, work ?? new LocalWork(options.Threads), counter,
                cancellationToken);

            if (outcome.Weights is { Learned: { } learned } weights && options.Versions != VersionUse.None)
            {
                var registered = AllocatorVersions.Register(outcome.Plan, learned,
                    RunFolder.HashOf([.. bars.Values.OrderBy(b => b.Market.Symbol, StringComparer.Ordinal)
                        .Select(b => b.Market.Series.ContentHash)]), clock.GetUtcNow().UtcDateTime, options.Versions);
                outcome = outcome with { Weights = weights with { Learned = registered } };
            }

            // Models over the complete record, for the last selection and for the report.
            var run = await new RunContext(opened, folder, options, clock, watch)
            {
                Markets = bars.ToDictionary(b => b.Key, b => b.Value.Market, StringComparer.Ordinal),
            }.With(outcome.Plan.Trials).TrainAsync(host, cancellationToken);
            // All combinations over the complete record: trials, splits and tests must include all candidates of a selection.
            var all = await new StrategyPass(run.Plan, run.Markets).OutcomesAsync(host, cancellationToken);
            run.BeginFolder();
            var (checks, stressed) = await ValidateAsync(run, input with { Plan = run.Plan }, all, outcome, cancellationToken);
            var events = new StitchedEvents(outcome, bars);
            var model = run.Resampled(await ModelAsync(run, outcome, (all, events), checks, cancellationToken), events);
            if (options.Attempt is { } attempt) await attempt.ConfirmAsync(cancellationToken);
            folder.RemoveReplaced();
            foreach (var row in outcome.Rows) options.OnEquity?.Invoke(row);
            // The trades of the stressed return in the validation checks.
            var extra = stressed is null ? [] : Trades(RunFolder.Stressed, model, stressed, bars);
            new RunFiles(run).WriteAll(model, events, [.. Files(run, model, outcome, bars), .. extra]);
            folder.Complete();
            return (new BatchRun(model, folder.FullPath, false) { Plan = run.Plan }, outcome);
        }, resumable: false);
    }

    private sealed class Relay(Action<int> to) : IProgress<int>
    {
        public void Report(int value) => to(value);
    }

    private async Task<(BatchChecks Checks, WalkForwardOutcome? Stressed)> ValidateAsync(RunContext run, WalkForwardInput input,
        Dictionary<int, StrategyOutcome> all, WalkForwardOutcome outcome, CancellationToken cancellationToken)
    {
        var plan = run.Plan;
        IBatchHost HostFor(long evaluations) => host.ForValidation(evaluations, run.Options.Threads);
        var benchmark = await run.BenchmarkAsync(cancellationToken);
        // The checks use the entries that the models admit.
        var traded = await ModelOutcomes.OfAsync(plan, all, run.Markets, HostFor, cancellationToken);
        var tests = SelectionTests.Of(plan, traded, benchmark?.Trace, isStitched: true);
        // With the periods of the batch's traces, so that the Sharpe ratios are comparable.
        var tracer = new EquityTracer(run.TracePeriod, run.Spec.Cash);
        foreach (var row in outcome.Rows) tracer.Add(row.Time, row.Equity);
        var stitched = tracer.Finish()!;
        var rows = (outcome.Rows[0].Time, outcome.Rows[^1].Time);
        var census = await BatchValidation.CensusAsync(run, traded, _ledger, tests, new RunPortfolio(stitched, [], rows.Item2, false));
        var checks = new BatchChecks(SelectionChecks.Of(plan, traded, stitched, census, tests), OutOfSample.Stitched(stitched), "", null,
            null, census.Fault)
        {
            Census = census,
            BenchmarkName = BenchmarkCurve.NameOf(run.Spec),
            Benchmark = await run.CompareAsync(benchmark, stitched, rows, cancellationToken),
            CostsAreZero = run.Spec.Execution.Settings.IsFree,
            Idle = outcome.Idle,
            Gains = CostGains.Of(outcome.Statistics, run.Spec.Cash),
            Universe = UniverseReport.FindingOf(plan, run.Opened.Universe, null),
            Costs = CostReport.FindingOf(plan, null),
            LearnedWeights = outcome.Weights?.Learned is { } learned ? AllocatorReport.FindingOf(learned) : null,
        }.Within(rows);
        if (!run.Options.Validation) return (checks, null);
        var lookAhead = await LookAheadSample.RunAsync(plan, run.Markets, HostFor, cancellationToken);
        var stressed = await WalkForwardOptimiser.AtCostsAsync(CostCase.Stressed, input, outcome, cancellationToken);
        var upper = plan.Spec.Execution.Costs is { At: CostsAt.Mean }
            ? StressOf(outcome, await WalkForwardOptimiser.AtCostsAsync(CostCase.Upper, input, outcome, cancellationToken)) : null;
        return (checks with
        {
            LookAhead = lookAhead,
            Stress = StressOf(outcome, stressed),
            Costs = CostReport.FindingOf(plan, upper),
        }, stressed);
    }

    private static CostStress StressOf(WalkForwardOutcome outcome, WalkForwardOutcome other) => new(outcome.Groups.Count,
        outcome.Groups.Count, outcome.Statistics.TotalReturn, other.Statistics.TotalReturn,
        other.Groups.Count(g => Winner.Is(g.Statistics.TotalReturn)))
    { IsOfPortfolio = true };

    // A group takes the place of a strategy: its equity is stitched, its parameters are those of its last selection.
    private async Task<RunModel> ModelAsync(RunContext run, WalkForwardOutcome outcome, (Dictionary<int, StrategyOutcome> All,
        StitchedEvents Stitched) events, BatchChecks checks, CancellationToken cancellationToken)
    {
        var (windows, all) = (outcome.Windows.Count, events.All);
        RunNote[] replaced = run.Folder.Replaced is { } note ? [note] : [];
        var result = new RunResult($"walk-forward, {Counted.Of(windows, "window")}, {host.Description}", DigestOf(outcome),
            [.. outcome.Groups.Select((g, i) => EntryOf(run.Plan, outcome, g, i))],
            all.Values.Sum(o => o.Bars), outcome.Portfolio,
            [.. replaced, .. WalkForwardNotes.Of(outcome, run.Learning), .. outcome.Weights?.Notes ?? [], .. outcome.Portfolio.Notes,
                .. CostNotes.Of(run.Spec.Execution.Settings)]);
        var model = (await run.ModelAsync(result, checks, cancellationToken)).With(WalkForwardReport.Of(run.Plan, outcome))
            .With(checks.ToFindings()).With(checks.ToResults(AllEntries(run, _ => 0, i => all.GetValueOrDefault(i)?.Statistics)));
        if (StatedFindings.Of(checks.ToFindings()) is { } stated) model = model.With(stated);
        model = model with
        {
            Decisions = outcome.Portfolio.Counts,
            Traded = run.TradedBy(outcome.Fills),
        };
        if (outcome.Portfolio.Currency is { } currency) model = model.With(currency);
        if (outcome.Portfolio.Borrowing is { } borrowing) model = model.With(borrowing);
        if (outcome.Portfolio.Funding is { } funding) model = model.With(funding);
        if (run.Markets.Values.Any(m => !m.Instrument.Changes.IsNone))
            model = model.With(RollResults.Of(model.Strategies, events.Stitched, s => new PriceUnit(run.Markets[s].Instrument)));
        if (UniverseReport.Of(run.Plan, run.Opened.Universe, (outcome.Rows[0].Time, outcome.Rows[^1].Time), null) is { } universe)
            model = model.With(universe);
        if (new ChangedEntries(events.Stitched.Judged(), []).Results() is { } decided) model = model.With(decided);
        if (outcome.Weights?.Learned is { } learned && AllocatorReport.Of(run.Plan, learned) is { } section) model = model.With(section);
        if (outcome.Weights?.Chosen is { } choice)
            model = model.With(WeightReport.Of(run.Plan, choice, [.. outcome.Groups.Select(g => g.Name)]));
        return run.Learning is { } learning ? model.With(learning.Report(null, _ => 1)) : model;
    }

    private static string DigestOf(WalkForwardOutcome outcome)
    {
        var digest = new BatchDigest();
        foreach (var group in outcome.Groups)
        {
            digest.Add($"{group.Name}#{string.Join(',', group.Choices.Select(c => c.Strategy))}", 0);
            foreach (var (runDigest, run) in group.Digests.Select((f, i) => (f, i)))
                digest.Add($"{group.Name}#run {run}", runDigest);
        }
        digest.Add("portfolio", outcome.Portfolio.Digest);
        return digest.Finish();
    }

    private static StrategyEntry EntryOf(BatchPlan plan, WalkForwardOutcome outcome, ChoiceGroup group, int index)
    {
        var chosen = group.Choices.LastOrDefault(c => c.Strategy >= 0)?.Strategy;
        var last = chosen is { } strategy ? plan.Instances[strategy] : group.Members[0];
        return new StrategyEntry(index, group.Name, last.Definition.Name, chosen is null ? [] : last.Params,
            string.Join('+', group.Symbols), last.Timeframe.ToString(), RunText.Of(last.Trading.Sides), WeightOf(outcome, index),
            group.Statistics, Symbols: group.Symbols.Count > 1 ? group.Symbols : null)
        { Trace = group.Trace };
    }

    // The weight of a group at the end of the bars.
    private static double WeightOf(WalkForwardOutcome outcome, int group) => outcome.Weights?.LastOf(group) ?? 1.0 / outcome.Groups.Count;

    // Entries of all combinations.
    private static List<StrategyEntry> AllEntries(RunContext run, Func<int, double> weightOf, Func<int, MetricSet?> statisticsOf) =>
        [.. run.Plan.Instances.Select(i => new StrategyEntry(i.Index, i.Id, i.Definition.Name, i.Params, i.Symbol, i.Timeframe.ToString(),
            RunText.Of(i.Trading.Sides), weightOf(i.Index), statisticsOf(i.Index), run.Learning?.ModelOf(i.Index)))];

    private static IEnumerable<OutputFile> Files(RunContext run, RunModel model, WalkForwardOutcome outcome,
        IReadOnlyDictionary<string, CachedSeries> bars)
    {
        foreach (var file in Trades("", model, outcome, bars)) yield return file;
        var events = new StitchedEvents(outcome, bars);
        yield return OutputFile.Of("signals", "signals", RunTables.Signals(model.Strategies, events));
        if (model.Section<ModelResults>() is { } models)
        {
            yield return OutputFile.Of(null, ModelTables.Log, ModelTables.Action.Of(models.Actions));
            yield return OutputFile.Of("signals", ModelTables.Decisions,
                ModelTables.Decision.Of(new ChangedEntries(events.Judged(), []).All(_ => true)));
        }
        yield return OutputFile.Of(null, "equity", RunTables.Equity.Of(outcome.Rows));
        if (run.Opened.Universe is { } universe)
            yield return OutputFile.Of(null, UniverseTable.Name, UniverseTable.Of(universe.Members));
        yield return OutputFile.Of(null, WindowTable.Name, WalkForwardReport.Table(run.Plan, outcome));
        // The last selection stays in force; the bars of its window do not exist yet.
        var next = new Dictionary<int, double>();
        for (var g = 0; g < outcome.Groups.Count; g++) next[outcome.Groups[g].Choices[^1].Strategy] = WeightOf(outcome, g);
        var production = model with
        {
            Strategies = AllEntries(run, i => next.GetValueOrDefault(i), _ => null),
        };
        yield return new OutputFile(null, "prod.json",
            s => s.Write(ProductionJson.Write(run.Plan, production, run.Learning?.ProductionModels(),
                policy: outcome.Weights?.IsForProduction(outcome.Groups) == true
                    ? outcome.Weights.Learned!.ForProduction(run.Plan, []) : null)));
        if (outcome.Weights?.Learned is { } learned)
            yield return OutputFile.Of(null, AllocatorReport.Name, AllocatorReport.Table(learned));
        foreach (var file in OutputFile.LearningOf(run, model)) yield return file;
    }

    private static OutputFile[] Trades(string prefix, RunModel model, WalkForwardOutcome outcome,
        IReadOnlyDictionary<string, CachedSeries> bars)
    {
        var events = new StitchedEvents(outcome, bars);
        var isConverted = bars.Values.Any(b => b.Instrument.Rates.IsForeign);
        var form = new TradeForm(isConverted, bars.Values.Any(b => !b.Instrument.Changes.IsNone));
        PriceUnit Unit(string symbol) => new(bars[symbol].Instrument);
        return
        [
            .. form.HasChains && prefix.Length == 0
                ? (OutputFile[])[OutputFile.Of(null, "rolls", RunTables.Rolls(model.Strategies, model.Strategies, events, Unit))] : [],
            OutputFile.Of(null, prefix + "trades", RunTables.Trades(model.Strategies, events.Trades, Unit, form)),
            OutputFile.Of(null, prefix + "portfolio_trades", RunTables.PortfolioTrades(model.Strategies, events, Unit, form)),
            OutputFile.Of(null, prefix + "portfolio_fills", RunTables.PortfolioFills(model.Strategies, events, isConverted)),
        ];
    }
}
