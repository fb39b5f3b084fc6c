using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The step "simulate" of a batch with searches: round by round, each method proposes points, which run together as one pass of the batch.
/// The points follow from the results alone, so an interrupted search continues with the same ones.
/// </summary>
internal sealed class ParameterSearchRun
{
    // Values of factors that the rounds share, in bytes.
    private const long KeptFactors = 256L << 20;

    private readonly StrategySimulation _strategies;
    private readonly IBatchHost _host;
    private readonly PartialBars _bars;
    private readonly TrialProgress? _progress;
    private readonly List<SearchState> _searches;
    private int _rounds, _positions;

    private ParameterSearchRun(StrategySimulation strategies, IBatchHost host, IProgress<BatchProgress>? progress)
    {
        (_strategies, _host) = (strategies, host);
        _bars = new PartialBars(strategies.Run.Markets);
        _progress = progress is null ? null : new TrialProgress(progress, strategies.Run.Plan.Capacity);
        _searches = [.. strategies.Run.Plan.Searches.Select((s, i) => new SearchState(i, s))];
    }

    /// <summary>Runs the strategies without a search and all trials.</summary>
    /// <returns>The searches with their trials; the simulation has the plan with them.</returns>
    public static async Task<ParameterSearchOutcome> RunAsync(StrategySimulation strategies, IBatchHost host,
        IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        // On silos, each silo reads the bars.
        if (host.CanRepeat)
            strategies.Grow(strategies.Run with { Markets = await SeriesInMemory.OfAsync(strategies.Run.Markets, cancellationToken) });
        var search = new ParameterSearchRun(strategies, host, progress);
        if (host.CanRepeat) await search.KeepFactorsAsync(cancellationToken);
        while (!strategies.Interrupted && await search.RoundAsync(cancellationToken)) { }
        foreach (var trial in search._searches.SelectMany(s => s.Trials))
            if (trial.Outcome is { IsWhole: false } stopped) strategies.Add(stopped);
        return new ParameterSearchOutcome(search._searches, search._rounds);
    }

    // Returns whether the searches go on.
    private async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var (plan, round) = (_strategies.Run.Plan, _rounds + 1);
        var proposed = new List<(SearchState Search, SearchEvaluation Evaluation)>();
        var trials = new List<PlannedTrial>();
        foreach (var search in _searches)
        {
            var known = search.Trials.Count;
            var next = search.Propose(round, plan.Instances.Count + trials.Count,
                _positions + proposed.Count(p => p.Evaluation.Position >= 0));
            proposed.AddRange(next.Select(e => (search, e)));
            trials.AddRange(search.Trials.Skip(known).Select(t => new PlannedTrial(search.Index, t.Point,
                round == 1 || !search.Search.Spec.IsAdaptive)));
        }
        if (proposed.Count == 0 && (round > 1 || plan.Instances.Count == 0)) return false;
        if (trials.Count > 0) _strategies.Grow(_strategies.Run.With(trials));
        _positions += proposed.Count(p => p.Evaluation.Position >= 0);
        if (proposed.Count > 0) _rounds = round;

        var whole = proposed.Where(p => p.Evaluation.Position < 0).Select(p => p.Evaluation.Trial.Strategy).ToHashSet();
        var firstTrial = plan.Instances.Count - plan.Trials.Count;
        await _strategies.RunAsync(_host.RunAsync, _progress, cancellationToken,
            i => i.Index < firstTrial || whole.Contains(i.Index));
        _progress?.End(whole.Count + (round == 1 ? firstTrial : 0));
        if (!_strategies.Interrupted)
            await PartialAsync([.. proposed.Select(p => p.Evaluation).Where(e => e.Position >= 0)], cancellationToken);
        foreach (var (search, evaluation) in proposed)
            if (OutcomeOf(evaluation) is { } outcome) search.Add(evaluation, outcome);
        ShowBest();
        return proposed.Count > 0;
    }

    private StrategyOutcome? OutcomeOf(SearchEvaluation evaluation) =>
        evaluation.Position < 0 ? _strategies.Outcomes.GetValueOrDefault(evaluation.Trial.Strategy)
        : _strategies.Run.Folder.Partial.GetValueOrDefault(evaluation.Position) is { } partial
            ? partial with { Index = evaluation.Trial.Strategy, Share = evaluation.Point.Share } : null;

    // Runs trials on some of the bars; those that end at the same bar run as one pass.
    private async Task PartialAsync(IReadOnlyList<SearchEvaluation> evaluations, CancellationToken cancellationToken)
    {
        var run = _strategies.Run;
        var waiting = new SortedDictionary<long, List<SearchEvaluation>>();
        foreach (var evaluation in evaluations.Where(e => !run.Folder.Partial.ContainsKey(e.Position)))
        {
            var end = await _bars.EndOfAsync(run.Plan.Instances[evaluation.Trial.Strategy], evaluation.Point.Share, cancellationToken);
            if (!waiting.TryGetValue(end, out var list)) waiting.Add(end, list = []);
            list.Add(evaluation);
        }
        foreach (var (end, list) in waiting)
        {
            var positions = list.ToDictionary(e => e.Trial.Strategy, e => e.Position);
            await _strategies.RunPartialAsync(_host, new StrategyPass(run.Plan, _bars.Before(end))
            {
                Include = i => positions.ContainsKey(i.Index),
                IsRound = true,
                Running = run.Options.Running,
                Progress = _progress,
                Finished = finished => run.Folder.KeepPartial([.. finished.Select(o => o with { Index = positions[o.Index] })]),
            }, cancellationToken);
            if (_strategies.Interrupted) return;
            _progress?.End(0);
        }
    }

    private void ShowBest()
    {
        if (_progress is null) return;
        var best = _searches.Where(s => s.Best is not null).ToList();
        _progress.Best = best.Count == 0 ? null : "best " + string.Join(", ", best.Select(s => string.Create(CultureInfo.InvariantCulture,
            $"{s.Search.Spec.Objectives[0].Text} {s.Best!.Value:0.###}")).Take(3));
    }

    // Rounds compute the factors of the same bars, so each column is computed once.
    private async Task KeepFactorsAsync(CancellationToken cancellationToken)
    {
        var (plan, markets) = (_strategies.Run.Plan, _strategies.Run.Markets);
        var budget = new FactorBudget(KeptFactors / sizeof(double));
        foreach (var feed in plan.WithExamples().Feeds.Where(f => f.Symbols.Count == 1))
        {
            var market = markets[feed.Symbols[0]];
            if (market.MemoryOf(feed.Timeframe) is not null) continue;
            long bars = 0;
            await foreach (var block in FeedBlocks.ReadAsync(market.Series, feed.Timeframe, IBarSeries.DefaultBlockSize, cancellationToken))
                bars += block.Count;
            market.Keep(feed.Timeframe, bars, budget);
        }
    }
}
