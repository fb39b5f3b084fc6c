using Granary.Engine.Analysis;
using Granary.Engine.Trading;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Runs;

/// <summary>The portfolio of a run for its ledger.</summary>
/// <param name="Weights">Its last weights, by strategy.</param>
/// <param name="End">Time of its last row, UTC ticks.</param>
/// <param name="IsConstant">Whether it had these weights at all times.</param>
internal readonly record struct RunPortfolio(EquityTrace Equity, IReadOnlyList<(string Strategy, double Weight)> Weights, long End,
    bool IsConstant);

/// <summary>
/// The step "validate": the validation checks of a batch. Checks of single strategies run concurrently with the portfolio pass.
/// </summary>
internal sealed class BatchValidation
{
    private readonly RunContext _run;
    private readonly StrategySimulation _strategies;
    private readonly WeightChoice _choice;
    private readonly Task<IReadOnlyDictionary<int, StrategyOutcome>> _traded;
    private readonly Func<long, IBatchHost> _hostFor;
    private readonly Task<(LookAheadResult? LookAhead, CostStress? Stress, CostStress? Upper)> _searched;

    private BatchValidation(RunContext run, StrategySimulation strategies, WeightChoice choice, IBatchHost host,
        CancellationToken cancellationToken)
    {
        (_run, _strategies, _choice, _hostFor) = (run, strategies, choice, HostFor);
        _traded = Task.Run(() => ModelOutcomes.OfAsync(run.Plan, strategies.Outcomes, run.Markets, HostFor, cancellationToken),
            cancellationToken);
        _searched = run.Options.Validation ? Task.Run(SearchAsync, cancellationToken)
            : Task.FromResult<(LookAheadResult?, CostStress?, CostStress?)>(default);

        IBatchHost HostFor(long evaluations) => host.ForValidation(evaluations, run.Options.Threads);

        async Task<(LookAheadResult?, CostStress?, CostStress?)> SearchAsync()
        {
            var failed = strategies.Outcomes.Values.Where(o => o.Error is not null).Select(o => o.Index).ToHashSet();
            // The inputs of the program that recorded its trades are unknown, so they cannot be checked.
            failed.UnionWith(run.Plan.Instances.Where(RecordedRuns.IsRecorded).Select(i => i.Index));
            return (failed.Count == run.Plan.Instances.Count ? null
                    : await LookAheadSample.RunAsync(run.Plan, run.Markets, HostFor, cancellationToken, failed),
                await AtAsync(CostCase.Stressed),
                run.Plan.Spec.Execution.Costs is { At: CostsAt.Mean } ? await AtAsync(CostCase.Upper) : null);
        }

        async Task<CostStress> AtAsync(CostCase costs) =>
            await CostStress.RunAsync(run.Plan, costs, run.Markets, await _traded, choice.Last, HostFor, cancellationToken);
    }

    /// <summary>Starts the checks that only need the strategies.</summary>
    public static async Task<BatchValidation> BeginAsync(RunContext run, StrategySimulation strategies, WeightChoice choice,
        IBatchHost host, CancellationToken cancellationToken)
    {
        var validation = new BatchValidation(run, strategies, choice, host, cancellationToken);
        validation.Benchmark = await run.BenchmarkAsync(CancellationToken.None);
        validation.Tests = Task.Run(async () => SelectionTests.Of(run.Plan, await validation._traded, validation.Benchmark?.Trace),
            CancellationToken.None);
        return validation;
    }

    private BenchmarkTrace? Benchmark { get; set; }

    private Task<SelectionTests> Tests { get; set; } = null!;

    /// <summary>Completes the checks with the portfolio.</summary>
    /// <param name="members">Whether any strategy has a weight; otherwise the portfolio has no equity to check.</param>
    public async Task<BatchChecks> FinishAsync(RecordedPortfolio portfolio, bool members, TrialLedger ledger,
        CancellationToken cancellationToken)
    {
        // The tests of many strategies take long, and do not look whether the run is cancelled.
        var (plan, traded, tests) = (_run.Plan, await _traded, await Tests.WaitAsync(cancellationToken));
        var equity = members ? portfolio.Trace : null;
        var census = await CensusAsync(_run, traded, ledger, tests, equity is null ? null
            : new RunPortfolio(equity, [.. plan.Instances.Select(i => (i.Id, _choice.Last[i.Index]))], portfolio.Rows.Last,
                _choice.Schedule is null));
        var (lookAhead, stress, upper) = await _searched;
        var survivorship = _run.Options.Validation ? await Survivorship.RunAsync(plan, _run.Markets, _strategies.Log,
            (_choice.Members, _choice.Schedule), (portfolio.Outcome, portfolio.Rows), _hostFor, cancellationToken) : null;
        var outOfSample = OutOfSample.Of(plan, traded, equity, _choice.From, census.StoodBefore, out var why);
        var checks = new BatchChecks(SelectionChecks.Of(plan, traded, equity, census, tests), outOfSample, why, lookAhead, stress,
            census.Fault)
        {
            Census = census,
            BenchmarkName = BenchmarkCurve.NameOf(plan.Spec),
            Benchmark = equity is null || await _run.CompareAsync(Benchmark, equity, portfolio.Rows, CancellationToken.None) is not { } b
                ? null : b with { Selection = IsChosen(traded) ? tests.Snooping?.Consistent : null },
            CostsAreZero = plan.Spec.Execution.Settings.IsFree && !plan.Instances.Any(RecordedRuns.IsRecorded),
            Idle = portfolio.Outcome.Idle,
            Gains = CostGains.Of(portfolio.Outcome.Statistics, plan.Spec.Cash),
            Recorded = RecordedTrials.Of(plan, _choice.Members),
            Universe = UniverseReport.FindingOf(plan, _run.Opened.Universe, survivorship),
            Survivorship = survivorship,
            Costs = CostReport.FindingOf(plan, upper),
            LearnedWeights = _choice.Allocator is { } learned ? AllocatorReport.FindingOf(learned) : null,
            Bridge = ResultBridge.Of(plan, traded, _choice.Last, portfolio.Outcome.Statistics, equity, (outOfSample, stress)),
        };
        return checks.Within(portfolio.Rows);
    }

    // Whether the strategies of the portfolio were selected on the record that evaluates it. Weights over time are selected on earlier
    // bars.
    private bool IsChosen(IReadOnlyDictionary<int, StrategyOutcome> traded)
    {
        if (_choice.Schedule is not null && _run.Plan.Spec.Portfolio.Rule is not null) return false;
        var identical = IdenticalResults.Of(_run.Plan, traded);
        return _run.Plan.Instances.Any(i => _choice.Members[i.Index] == 0 && identical.IsFirst(i.Index)
            && traded.GetValueOrDefault(i.Index)?.Trace is not null);
    }

    /// <summary>Counts the trials of a run once, also if it was interrupted after it had counted them.</summary>
    public static async Task<TrialCensus> CensusAsync(RunContext run, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        TrialLedger ledger, SelectionTests tests, RunPortfolio? portfolio)
    {
        if (KeptCensus.Find(run) is { } kept) return kept;
        var census = await CountAsync(run, outcomes, ledger, tests, portfolio);
        KeptCensus.Keep(run, census);
        return census;
    }

    /// <summary>Adds the trials to the ledger. Finished trials of an interrupted run count too, because their results were seen.</summary>
    public static async Task<TrialCensus> CountAsync(RunContext run,
        IReadOnlyDictionary<int, StrategyOutcome> outcomes, TrialLedger ledger, SelectionTests tests, RunPortfolio? portfolio = null)
    {
        using var step = GranaryInstruments.Traces.StartActivity("trials");
        // A rebuilt report shows the original number of trials.
        if (run.Options.Rebuilds is { Trials: { } counted }) return counted;
        // A new version of a model is not a new trial.
        var trials = BatchTrials.Of(run.Plan, outcomes, RunTrials.HashesOf(run.Markets), i => run.Plan.Instances[i].Model?.Name,
            tests.Effective);
        if (!ledger.IsNone && portfolio is { } p)
        {
            // Weights over time were chosen from the past; which strategies are there to choose from was not.
            var weights = p.IsConstant ? p.Weights.ToDictionary(w => w.Strategy, w => w.Weight, StringComparer.Ordinal) : null;
            var members = TriedMember.Of(run.Plan, outcomes, i => weights?[run.Plan.Instances[i].Id] ?? 1);
            await trials.AddPortfolioAsync(p.Equity, p.Weights, p.End, members, run.Markets);
        }
        return RecordedTrials.AddTo(await trials.CountAsync(ledger, run.Markets), run.Plan);
    }
}
