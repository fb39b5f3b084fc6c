using Granary.Simulation.Batches;

namespace Granary.Backtesting.WalkForward;

/// <summary>The combinations from which a window chooses one.</summary>
/// <param name="Name">The name, such as SmaCross@ACME:1h.</param>
/// <param name="Members">Strategies of the plan: from grids, and the trials that searches have added.</param>
/// <param name="Searches">Positions of its searches in the plan.</param>
internal sealed record ChoosingGroup(string Name, IReadOnlyList<StrategyInstance> Members, IReadOnlyList<int> Searches)
{
    /// <summary>Returns the groups of a plan. Trials do not change their order.</summary>
    public static IReadOnlyList<ChoosingGroup> Of(BatchPlan plan, ChoiceAmong among)
    {
        var single = plan.Instances.Take(plan.Instances.Count - plan.Trials.Count).ToList();
        IReadOnlyList<int> searches = [.. Enumerable.Range(0, plan.Searches.Count)];
        return among switch
        {
            ChoiceAmong.Batch => [With(plan, plan.Spec.Name, single, searches)],
            ChoiceAmong.Market =>
            [
                .. single.Select(i => i.Symbol).Concat(searches.Select(s => MarketOf(plan, s))).Distinct(StringComparer.Ordinal)
                    .Select(m => With(plan, m, single.Where(i => i.Symbol == m), [.. searches.Where(s => MarketOf(plan, s) == m)])),
            ],
            ChoiceAmong.Parameters =>
            [
                .. single.GroupBy(i => (i.Definition.Name, i.Symbol, i.Timeframe, i.Trading))
                    .Select(g => With(plan, $"{g.Key.Name}@{g.Key.Symbol}:{g.Key.Timeframe}", g, [])),
                .. searches.Select(s => With(plan, plan.Searches[s].Name, [], [s])),
            ],
        };
    }

    /// <summary>The first symbol that it trades; of a search before its first trial, the first that it may choose.</summary>
    public string FirstSymbol(BatchPlan plan) => Members.Count > 0 ? Members[0].Symbols[0] : plan.Searches[Searches[0]].Market[0];

    private static string MarketOf(BatchPlan plan, int search) => string.Join('+', plan.Searches[search].Market);

    private static ChoosingGroup With(BatchPlan plan, string name, IEnumerable<StrategyInstance> single, IReadOnlyList<int> searches) =>
        new(name, [.. single, .. Enumerable.Range(0, plan.Trials.Count).Where(t => searches.Contains(plan.Trials[t].Search))
            .Select(t => plan.Instances[plan.IndexOf(t)])], searches);
}
