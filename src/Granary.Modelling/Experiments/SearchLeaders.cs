using Granary.Contracts.Jobs;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Modelling.Experiments;

/// <summary>Leader board of a search: the best models so far.</summary>
internal static class SearchLeaders
{
    private const int Most = 10;

    /// <summary>
    /// Returns the best models by fitness. Their figures come from their trades in the inner windows of the last outer window.
    /// </summary>
    /// <param name="searches">The last outer window of each unit.</param>
    public static IReadOnlyList<StrategyLeader> Of(IEnumerable<(SearchUnit Unit, SearchWindow Window, SearchPlan Plan)> searches)
    {
        var ranked = searches.SelectMany(s => s.Window.Finalists.Select(c => (s.Unit, s.Window, Candidate: s.Plan.Candidates[c],
            Rank: s.Window.RankOf(c)))).Where(r => r.Rank > double.NegativeInfinity).OrderByDescending(r => r.Rank);
        return [.. ranked.Select(r => Leader(r.Unit, r.Window, r.Candidate)).Where(l => l.Trades > 0).Take(Most)];
    }

    private static StrategyLeader Leader(SearchUnit unit, SearchWindow window, SearchCandidate candidate)
    {
        var (rule, trades) = window.BestTradesOf(candidate.Index);
        var taken = trades.Where(t => t.SizeFactor > 0).ToList();
        var name = $"{unit.Data}: {candidate.NameAmong(unit.Spec.Search!.FeatureSets.Count)}, {unit.Spec.Search.Rules[rule].Name}";
        if (taken.Count == 0) return new StrategyLeader(name, null, 0, 0, 0);
        var (first, days) = TradeDays.SpanOf(taken);
        var sums = new TradeDays(taken, first, days, t => t.SizeFactor * t.Return);
        var (sum, peak, drawdown) = (0.0, 0.0, 0.0);
        foreach (var day in sums.Returns)
        {
            sum += day;
            peak = Math.Max(peak, sum);
            drawdown = Math.Max(drawdown, peak - sum);
        }
        return new StrategyLeader(name, JsonNumber.Finite(sums.Figure(ExperimentFitness.Sharpe)), sum, drawdown, taken.Count);
    }
}
