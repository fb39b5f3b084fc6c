using Granary.Engine.Analysis.Metrics;
using Granary.Learning.Search;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>A trial of a search while it runs.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Round">The round in which it was proposed, from 1.</param>
/// <param name="Strategy">Index of its strategy in the plan.</param>
internal sealed record ParameterTrial(int Number, int Round, int Strategy, IReadOnlyList<double> Point)
{
    /// <summary>Its newest result; null before the first.</summary>
    public StrategyOutcome? Outcome { get; set; }
}

/// <summary>An evaluation of a trial on a share of the bars.</summary>
/// <param name="Position">Position among all evaluations of the batch's searches on some of the bars; −1 on all bars.</param>
internal sealed record SearchEvaluation(ParameterTrial Trial, ProposedPoint Point, int Position);

/// <summary>One search of a batch: its method, its trials and their evaluations.</summary>
/// <param name="index">Position in <see cref="BatchPlan.Searches"/>.</param>
internal sealed class SearchState(int index, PlannedSearch search)
{
    private readonly ISearchMethod _method = search.CreateMethod();
    private readonly List<ParameterTrial> _trials = [];
    private readonly List<TriedPoint> _tried = [];
    // The trial of each evaluation.
    private readonly List<ParameterTrial> _evaluated = [];

    public int Index => index;

    public PlannedSearch Search => search;

    public IReadOnlyList<ParameterTrial> Trials => _trials;

    /// <summary>Asks the method for the next round.</summary>
    /// <param name="round">From 1.</param>
    /// <param name="strategy">Index of the next strategy of the plan.</param>
    /// <param name="position">Position of the next evaluation on some of the bars.</param>
    /// <returns>Empty if the search is over.</returns>
    public List<SearchEvaluation> Propose(int round, int strategy, int position)
    {
        var evaluations = new List<SearchEvaluation>();
        foreach (var point in _method.Next(_tried))
        {
            var trial = point.Continues is { } earlier ? _evaluated[earlier] : null;
            if (trial is null) _trials.Add(trial = new ParameterTrial(_trials.Count + 1, round, strategy++, point.Values));
            evaluations.Add(new SearchEvaluation(trial, point, point.Share < 1 ? position++ : -1));
        }
        return evaluations;
    }

    /// <summary>Adds the result of an evaluation.</summary>
    public void Add(SearchEvaluation evaluation, StrategyOutcome outcome)
    {
        evaluation.Trial.Outcome = outcome;
        _evaluated.Add(evaluation.Trial);
        _tried.Add(new TriedPoint(evaluation.Point, outcome.Statistics is { } statistics ? search.Spec.ScoresOf(statistics) : null));
    }

    /// <summary>The best first objective of the trials on all bars so far, as the statistics have it; null if there is none.</summary>
    public double? Best
    {
        get
        {
            var scores = _trials.Where(t => t.Outcome is { IsWhole: true, Statistics: not null })
                .Select(t => search.Spec.ScoresOf(t.Outcome!.Statistics!)[0]).Where(double.IsFinite).ToList();
            return scores.Count == 0 ? null : search.Spec.Objectives[0].IsMinimised ? -scores.Max() : scores.Max();
        }
    }
}
