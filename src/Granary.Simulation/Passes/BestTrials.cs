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

    // Of equal trials, the first one counts.
    private static IReadOnlyList<int> FrontOf(List<(int Strategy, IReadOnlyList<double> Scores)> trials) =>
        [.. trials.Where((t, i) => !trials.Where((other, j) => j != i && Dominates(other.Scores, t.Scores, isEarlier: j < i)).Any())
            .Select(t => t.Strategy)];

    // With one objective, the front is the greatest score.
    private static bool Dominates(IReadOnlyList<double> scores, IReadOnlyList<double> other, bool isEarlier)
    {
        var isBetter = false;
        for (var i = 0; i < scores.Count; i++)
        {
            if (scores[i] < other[i]) return false;
            isBetter |= scores[i] > other[i];
        }
        return isBetter || isEarlier;
    }
}
