using System.Globalization;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Conditions;
using Granary.Simulation.Notes;
using Granary.Simulation.Passes;
using Granary.Simulation.Regimes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The results of a batch or a live session for the step "write": the model of the run and its tables.
/// </summary>
internal sealed class FinishedBatch
{
    private readonly RunContext _run;
    private readonly StrategySimulation _strategies;
    private readonly RecordedPortfolio _portfolio;
    private readonly WeightChoice _choice;
    private readonly IReadOnlyList<StrategyEntry> _entries;
    private readonly ListedStrategies _listed;
    private ConditionReport? _conditions;

    /// <param name="checks">The validation checks; null if there were none.</param>
    public FinishedBatch(RunContext run, StrategySimulation strategies, WeightChoice choice, RecordedPortfolio portfolio,
        BatchChecks? checks = null)
    {
        (_run, _strategies, _choice, _portfolio, Checks) = (run, strategies, choice, portfolio, checks);
        _listed = strategies.ListedOf(choice.Members);
        _entries = [.. run.Plan.Instances.Select(Entry)];
        Events = new RunEvents(run.Plan, strategies.Log, portfolio.Outcome.Decisions, (portfolio.Trades, portfolio.Fills), run.Markets);
    }

    public RunEvents Events { get; }

    private BatchChecks? Checks { get; }

    /// <summary>The validation checks of a session's configuration; null for a batch, which has its own.</summary>
    public ValidationChecks? Carried { get; init; }

    /// <summary>The searches of the batch; null if it has none.</summary>
    public ParameterSearchResults? Searches { get; init; }

    /// <summary>Digest of all signals, trades and equity sums, and of the portfolio's decisions and equity.</summary>
    private string Digest
    {
        get
        {
            var digest = new BatchDigest();
            foreach (var instance in _run.Plan.Instances)
                digest.Add(instance.Id, _strategies.Outcomes.TryGetValue(instance.Index, out var o) ? o.Digest : 0);
            digest.Add("portfolio", _portfolio.Outcome.Digest);
            return digest.Finish();
        }
    }

    /// <summary>Creates the model of the run.</summary>
    /// <param name="host">The host, for the manifest and the report.</param>
    /// <param name="replaced">A note about the previous content of the folder; null for none.</param>
    /// <param name="abandoned">Ends the reading of bars of a run that another attempt takes over. An interrupted run is written.</param>
    public async Task<RunModel> ModelAsync(string host, RunNote? replaced = null, CancellationToken abandoned = default)
    {
        var (outcomes, portfolio) = (_strategies.Outcomes, _portfolio.Outcome);
        var facts = new BatchFacts(_run.Plan, _entries, outcomes, portfolio, _run.Markets)
        {
            Members = _choice.Members,
            Listed = _listed,
            IsInterrupted = _strategies.Interrupted,
        };
        RunNote[] first = replaced is null ? [] : [replaced];
        var result = new RunResult(host, Digest, _entries, outcomes.Values.Sum(v => v.Bars), portfolio,
            [.. first, .. _run.Options.Notes, .. _choice.Notes, .. portfolio.Notes, .. BatchNotes.Of(facts)]);
        var model = await _run.ModelAsync(result, Checks, abandoned);
        model = model with
        {
            Interrupted = _strategies.Interrupted,
            Decisions = portfolio.Counts,
            Traded = _run.TradedBy(Events.PortfolioFills()),
            Sections = await SectionsAsync(),
        };
        if (portfolio.Idle is not null && model.Section<AllocationResults>() is not null)
            model = model.With([new RunNote(NoteCode.Weights,
                "The comparison of the weight rules is of the strategies' own accounts, also of positions that they opened before the "
                    + "first choice. This portfolio never held a position, so the figures are not its own.")]);
        if (_run.Learning is { IsReplayed: false }) model = WithLearning(model);
        return (_run.Spec.Outputs.NeedsEvents ? Decisions.Results() : Decisions.Trainings()) is { } decided ? model.With(decided) : model;
    }

    private ChangedEntries Decisions => new(ModelPeriod.OfPlan(_run.Plan, Events, Multiplier), _run.Learning?.Retrained ?? []);

    /// <summary>Returns the files of single events, and prod.json.</summary>
    public IEnumerable<OutputFile> Files(RunModel model)
    {
        var finished = model.Strategies.Where(s => s.Stats is not null).ToList();
        var traded = finished.Where(s => _listed.Trades.Contains(s.Index)).ToList();
        var signalled = finished.Where(s => _listed.Signals.Contains(s.Index)).ToList();
        yield return OutputFile.Of("trades", "trades", RunTables.Trades(traded, Events.Trades, UnitOf, Form));
        if (HasChains) yield return OutputFile.Of("trades", "rolls", RunTables.Rolls(traded, model.Strategies, Events, UnitOf));
        yield return OutputFile.Of("signals", "signals", RunTables.Signals(signalled, Events));
        yield return OutputFile.Of("factors", "factors", RunTables.Factors(signalled, Events));
        yield return OutputFile.Of("portfolio_trades", "portfolio_trades",
            RunTables.PortfolioTrades(model.Strategies, Events, UnitOf, Form));
        yield return OutputFile.Of("portfolio_trades", "portfolio_fills", RunTables.PortfolioFills(model.Strategies, Events, IsConverted));
        yield return OutputFile.Of("trades_by_model", "trades_by_model", RunTables.TradesByModel(finished));
        // A session cannot trade recorded decisions of another program, and a replay has no registry versions.
        if (_run.Learning is not { IsReplayed: true }
            && !_run.Plan.Instances.Any(i => RecordedRuns.IsRecorded(i) && _choice.Members[i.Index] != 0))
            yield return new OutputFile("prod", "prod.json", s =>
                s.Write(ProductionJson.Write(_run.Plan, model, _run.Learning?.ProductionModels(), _choice.ByState,
                    _choice.Allocator is { } decided ? decided.ForProduction(_run.Plan, decided.Weights.Units.Indices) : null)));
        if (model.Section<ParameterSearchResults>() is { } searches)
            yield return OutputFile.Of(null, TrialTable.Name, TrialTable.Of(searches));
        if (_run.Opened.Universe is { } universe)
            yield return OutputFile.Of(null, UniverseTable.Name, UniverseTable.Of(universe.Members));
        if (_conditions is { } conditions)
            yield return OutputFile.Of("conditions", ConditionTable.Name, ConditionTable.Of(conditions));
        if (model.Section<AllocationResults>() is { } allocations)
            yield return OutputFile.Of("allocations", AllocationTable.Name, AllocationTable.Definition.Of(allocations.Rules));
        if (_choice.Allocator is { } allocator)
            yield return OutputFile.Of("equity", AllocatorReport.Name, AllocatorReport.Table(allocator));
        foreach (var file in OutputFile.LearningOf(_run, model)) yield return file;
        if (model.Section<ModelResults>() is { } models)
        {
            yield return OutputFile.Of(null, ModelTables.Log, ModelTables.Action.Of(models.Actions));
            yield return OutputFile.Of("signals", ModelTables.Decisions,
                ModelTables.Decision.Of(Decisions.All(_listed.Signals.Contains)));
            if (models.Challengers.Count > 0)
                yield return OutputFile.Of(null, ModelTables.Challengers, ModelTables.Challenger.Of(Decisions.Challenged));
        }
        if (_run.Spec.Portfolio.Risk.Count > 0)
            yield return OutputFile.Of("predictions", RiskTable.Name, RiskTable.Of(_run.Plan, _portfolio.Outcome.Risk));
        if (!_run.Options.Separate) yield break;
        foreach (var strategy in finished)
            yield return OutputFile.Of("trades", Path.Combine("trades", $"{strategy.Index:D6}-{strategy.Class}"),
                RunTables.Trades([strategy], Events.Trades, UnitOf, Form));
    }

    private StrategyEntry Entry(StrategyInstance i)
    {
        var outcome = _strategies.Outcomes.GetValueOrDefault(i.Index);
        // The figures on some of the bars cannot be compared with those of others; the search shows them.
        if (outcome is { IsWhole: false, Statistics: not null })
            return EntryOf(i, null, string.Create(CultureInfo.InvariantCulture,
                $"the search stopped it after {outcome.Share:0.#%} of the bars"));
        var statistics = Checks?.Selection is { } selection
            ? outcome?.Statistics?.With(MetricInput.Of(selection.Of(i.Index))) : outcome?.Statistics;
        return EntryOf(i, statistics, outcome is null ? "was not finished" : outcome.Error) with
        {
            Trace = outcome?.Trace,
            HasListedTrades = statistics is null || _listed.Trades.Contains(i.Index),
        };
    }

    private StrategyEntry EntryOf(StrategyInstance i, MetricSet? statistics, string? error) =>
        new(i.Index, i.Id, i.Definition.Name, i.Params, i.Symbol, i.Timeframe.ToString(), RunText.Of(i.Trading.Sides),
            _choice.Last[i.Index], statistics, _run.Learning?.ModelOf(i.Index) ?? i.Model?.Name, error,
            i.Symbols.Count > 1 ? i.Symbols : null);

    private async Task<List<ResultSection>> SectionsAsync()
    {
        var (plan, sections) = (_run.Plan, new List<ResultSection>());
        if (Checks is not null)
        {
            var findings = Checks.ToFindings();
            sections.AddRange([Checks.ToResults(_entries), findings]);
            if (StatedFindings.Of(findings) is { } stated) sections.Add(stated);
        }
        if (Carried is not null) sections.Add(Carried);
        if (Carried is not null && StatedFindings.Of(Carried) is { } said) sections.Add(said);
        if (UniverseReport.Of(plan, _run.Opened.Universe, _portfolio.Rows, Checks?.Survivorship) is { } universe) sections.Add(universe);
        if (Searches is not null) sections.Add(Searches);
        if (_choice.Schedule is not null && plan.Spec.Portfolio.Rule is not null) sections.Add(WeightReport.Of(plan, _choice));
        if (_choice.Allocator is { } allocator && AllocatorReport.Of(plan, allocator) is { } learned) sections.Add(learned);
        // A session and an interrupted batch have no complete record of their strategies.
        if (Carried is null && !_strategies.Interrupted && _run.Spec.Outputs.Has("allocations")
            && WeightComparison.Of(plan, _strategies.Outcomes, _run.Options.Threads) is { } allocations) sections.Add(allocations);
        if (_portfolio.Outcome.Currency is { } currency) sections.Add(currency);
        if (_portfolio.Outcome.Borrowing is { } borrowing) sections.Add(borrowing);
        if (_portfolio.Outcome.Funding is { } funding) sections.Add(funding);
        if (HasChains) sections.Add(RollResults.Of(_entries, Events, UnitOf));
        _conditions = await ConditionsAsync();
        if (_conditions is not null) sections.Add(_conditions.Results);
        if (plan.Spec.Regimes is not null || plan.Spec.Portfolio.Rule == WeightMethods.Regime)
            sections.Add(await RegimeReport.OfAsync(plan.Spec.Regimes ?? RegimePlan.ShortAndLong(), _run.Markets,
                plan.Spec.Data.From ?? 0, CancellationToken.None));
        return sections;
    }

    // Conditions of the strategies whose trades are listed in the files.
    private async Task<ConditionReport?> ConditionsAsync()
    {
        // A live session has too few trades.
        if (Carried is not null || !_run.Spec.Outputs.Has("conditions") || _strategies.Log is not { } log) return null;
        var regimes = _run.Spec.Regimes ?? (_run.Spec.Portfolio.Rule == WeightMethods.Regime ? RegimePlan.ShortAndLong() : null);
        int[] listed = [.. _entries.Where(e => e.Stats is not null && _listed.Trades.Contains(e.Index)).Select(e => e.Index)];
        return await ConditionReport.OfAsync(_run.Plan, _run.Markets, log, listed, _choice.Members, regimes, CancellationToken.None);
    }

    private RunModel WithLearning(RunModel model)
    {
        // Without an event log, the quality of the models is known, but not their effect on the strategies.
        var report = _run.Learning!.Report(_run.Spec.Outputs.NeedsEvents ? Events : null, Multiplier);
        return model.With(report).With(report.Problems.Select(p => new RunNote(NoteCode.Learning, p)));
    }

    // Models judge the entries of strategies with one symbol only.
    private double Multiplier(int strategy) => _run.Markets[_run.Plan.Instances[strategy].Symbols[0]].Instrument.Multiplier;

    private PriceUnit UnitOf(string symbol) => new(_run.Markets[symbol].Instrument);

    private TradeForm Form => new(IsConverted, HasChains);

    private bool HasChains => _run.Markets.Values.Any(m => !m.Instrument.Changes.IsNone);

    private bool IsConverted => _run.Markets.Values.Any(m => m.Instrument.Rates.IsForeign);
}
