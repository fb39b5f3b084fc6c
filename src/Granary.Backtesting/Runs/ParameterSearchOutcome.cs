using Granary.Engine.Analysis;
using Granary.Learning.Search;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Runs;

/// <summary>The searches of a run with their trials.</summary>
internal sealed class ParameterSearchOutcome
{
    // With fewer trials the trees of the importance are no more than chance.
    private const int FewestOfImportance = 10;

    private readonly IReadOnlyList<SearchState> _searches;
    private readonly int _rounds;

    internal ParameterSearchOutcome(IReadOnlyList<SearchState> searches, int rounds) => (_searches, _rounds) = (searches, rounds);

    /// <summary>Describes the searches.</summary>
    /// <param name="outcomes">The outcomes of the plan's strategies.</param>
    /// <param name="census">Trials ever made on the bars; null if they were not counted.</param>
    public ParameterSearchResults ToResults(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, TrialCensus? census)
    {
        var best = BestTrials.Of(plan, outcomes);
        return new ParameterSearchResults { Searches = [.. _searches.Select(s => ResultsOf(s, plan, best[s.Index], census))] };
    }

    private ParameterSearch ResultsOf(SearchState state, BatchPlan plan, IReadOnlyList<int> found, TrialCensus? census)
    {
        var spec = state.Search.Spec;
        // A front begins with the best by the first objective, whose Sharpe ratio stands beside the luck bar.
        var first = state.Trials.ToDictionary(t => t.Strategy,
            t => t.Outcome?.Statistics is { } statistics ? spec.ScoresOf(statistics)[0] : double.NaN);
        int[] best = [.. found.OrderByDescending(strategy => first[strategy]).ThenBy(strategy => strategy)];
        var numbers = state.Trials.ToDictionary(t => t.Strategy, t => t.Number);
        var rows = RowsOf(state, plan);
        var (luck, sharpe) = LuckOf(state.Trials.FirstOrDefault(t => best.Length > 0 && t.Strategy == best[0])?.Outcome, census);
        return new ParameterSearch
        {
            Strategy = state.Search.Name,
            Method = spec.Method,
            Objectives = [.. spec.Objectives.Select(o => o.ToString())],
            Rounds = state.Trials.Count == 0 ? 0 : Math.Min(_rounds, state.Trials.Max(t => t.Round)),
            Finished = Count(SearchTrialStates.Finished),
            Failed = Count(SearchTrialStates.Failed),
            Stopped = Count(SearchTrialStates.Stopped),
            Best = [.. best.Select(b => numbers[b])],
            LuckBar = luck,
            BestSharpe = sharpe,
            Space = [.. spec.Dimensions.Select(d => d.ToResults())],
            Importance = ImportanceOf(state),
            Trials = rows,
        };

        int Count(string status) => rows.Count(r => r.State == status);
    }

    private static List<SearchTrialRow> RowsOf(SearchState state, BatchPlan plan)
    {
        var (spec, rows, best) = (state.Search.Spec, new List<SearchTrialRow>(), double.NaN);
        var isMinimised = spec.Objectives[0].IsMinimised;
        foreach (var trial in state.Trials)
        {
            var outcome = trial.Outcome;
            var values = outcome?.Statistics is { } statistics ? spec.ObjectivesOf(statistics)
                : [.. spec.Objectives.Select(_ => double.NaN)];
            if (outcome is { IsWhole: true } && double.IsFinite(values[0])
                && (double.IsNaN(best) || (isMinimised ? values[0] < best : values[0] > best))) best = values[0];
            rows.Add(new SearchTrialRow(trial.Number, trial.Round, plan.Instances[trial.Strategy].Id, StateOf(outcome), outcome?.Share ?? 0,
                spec.ValuesOf(trial.Point), values, best));
        }
        return rows;
    }

    // Trials on some of the bars are not comparable.
    private static List<ParameterImportance> ImportanceOf(SearchState state)
    {
        var spec = state.Search.Spec;
        var trials = state.Trials.Where(t => t.Outcome is { IsWhole: true, Statistics: not null }).ToList();
        var importance = new List<ParameterImportance>();
        if (spec.Dimensions.Count < 2) return importance;
        for (var o = 0; o < spec.Objectives.Count; o++)
        {
            var objective = spec.Objectives[o];
            double[] values = [.. trials.Select(t => spec.ScoresOf(t.Outcome!.Statistics!)[o])];
            if (values.Count(double.IsFinite) < FewestOfImportance) continue;
            importance.AddRange(Importance.Of(spec.Space, [.. trials.Select(t => t.Point)], values)
                .Select(i => new ParameterImportance(objective.ToString(), i.Name, i.Share, i.Deviation)));
        }
        return importance;
    }

    private static string StateOf(StrategyOutcome? outcome) => outcome switch
    {
        null => SearchTrialStates.Unfinished,
        { Statistics: null } => SearchTrialStates.Failed,
        { IsWhole: true } => SearchTrialStates.Finished,
        _ => SearchTrialStates.Stopped,
    };

    // The luck bar of a year does not depend on the length of the periods, so it stands beside the ratio that all tables show.
    private static (double Luck, double Sharpe) LuckOf(StrategyOutcome? best, TrialCensus? census) =>
        best is not { Trace: { } trace, Statistics: { } statistics } || census is null ? (double.NaN, double.NaN)
            : (TracePeriod.Annual(new LuckBar(census.Effective).PerPeriod(trace.Equity.Length), trace.PeriodTicks), statistics.Sharpe);
}
