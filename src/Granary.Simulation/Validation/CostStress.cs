using Granary.Engine.Analysis;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Simulation.Validation;

/// <summary>Results of the weighted strategies with other costs: doubled and every order one bar later, or at their upper end.</summary>
/// <param name="Weighted">Number of strategies with a weight.</param>
/// <param name="Strategies">Number of these that were tested, spread evenly over the batch.</param>
/// <param name="Return">Weighted mean of their total returns in their own accounts, without stress.</param>
/// <param name="Stressed">The same with stress.</param>
/// <param name="StillProfitable">Number of tested strategies that are profitable with stress.</param>
internal sealed record CostStress(int Weighted, int Strategies, double Return, double Stressed, int StillProfitable)
{
    /// <summary>
    /// Whether the returns are the portfolio's; otherwise they are means over its strategies, each in its own account.
    /// </summary>
    public bool IsOfPortfolio { get; init; }

    // Tests at least this many strategies, and more as long as the work stays within a share of the batch's bars times strategies or a
    // fixed minimum.
    private const int Least = 50;
    private const double Share = 0.05;
    private const long Free = 5_000_000;

    public bool Passed => Strategies > 0 && Stressed > 0;

    /// <param name="costs">The costs of the test.</param>
    /// <param name="host">Returns a host for an amount of work in bars times strategies.</param>
    public static async Task<CostStress> RunAsync(BatchPlan plan, CostCase costs, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyDictionary<int, StrategyOutcome> outcomes, IReadOnlyList<double> weights, Func<long, IBatchHost> host,
        CancellationToken cancellationToken)
    {
        using var step = GranaryInstruments.Traces.StartActivity("cost-stress");
        var members = plan.Instances.Where(i => weights[i.Index] != 0 && outcomes.GetValueOrDefault(i.Index)?.Statistics is not null)
            .Select(i => i.Index).ToList();
        var evaluations = FeedBlocks.Evaluations(plan, markets);
        var mean = Math.Max(1, evaluations / Math.Max(1, plan.Instances.Count));
        var count = (int)Math.Min(members.Count, Math.Max(Least, Math.Max(Free, (long)(Share * evaluations)) / mean));
        var chosen = Enumerable.Range(0, count).Select(i => members[(int)((long)i * members.Count / count)]).ToHashSet();
        if (count == 0) return new CostStress(0, 0, double.NaN, double.NaN, 0);
        var stressed = await ModelOutcomes.RunAsync(plan.With(costs), markets, chosen, host(count * mean), cancellationToken);
        double total = 0, before = 0, after = 0;
        var profitable = 0;
        foreach (var i in chosen.Order())
        {
            if (stressed.GetValueOrDefault(i)?.Statistics is not { } now) continue;
            total += Math.Abs(weights[i]);
            before += weights[i] * outcomes[i].Statistics!.TotalReturn;
            after += weights[i] * now.TotalReturn;
            if (Winner.Is(now.TotalReturn)) profitable++;
        }
        return new CostStress(members.Count, count, before / total, after / total, profitable);
    }
}
