using Granary.Learning.Search;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Finds the best trials of a batch's searches.</summary>
internal static class BestTrials
{
    /// <summary>
    /// Returns the strategies of the best trials of each search, in order: one for one objective, the Pareto front for several. None if no
    /// trial that ran on all bars has all objectives.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var known = plan.Searches.Select(_ => new List<(int Strategy, IReadOnlyList<double> Scores)>()).ToList();
        for (var t = 0; t < plan.Trials.Count; t++)
        {
            var (search, strategy) = (plan.Trials[t].Search, plan.IndexOf(t));
            if (outcomes.GetValueOrDefault(strategy) is not { Statistics: { } statistics, IsWhole: true }) continue;
            var scores = plan.Searches[search].Spec.ScoresOf(statistics);
            if (scores.All(double.IsFinite)) known[search].Add((strategy, scores));
        }
        return [.. known.Select(FrontOf)];
    }

    private static IReadOnlyList<int> FrontOf(List<(int Strategy, IReadOnlyList<double> Scores)> trials) =>
        [.. Objectives.Front([.. trials.Select(t => t.Scores)], firstOfEqual: true).Select(place => trials[place].Strategy)];
}
