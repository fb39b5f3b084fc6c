using Granary.Engine.Market;

namespace Granary.Application.Batches;

/// <summary>Turns a batch's results into weights.</summary>
public static class WeightRules
{
    /// <returns>By strategy index; strategies that failed or were not finished weigh nothing.</returns>
    /// <exception cref="Json.InputException">An unknown rule, or a weight for a strategy that the batch does not have.</exception>
    public static double[] Weigh(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var weights = new double[plan.Instances.Count];
        var portfolio = plan.Spec.Portfolio;
        if (portfolio.FixedWeights is { } fixedWeights)
        {
            var byId = plan.Instances.ToDictionary(i => i.Id, i => i.Index, StringComparer.Ordinal);
            foreach (var (id, weight) in fixedWeights)
                weights[byId[id]] = weight;
        }
        else
        {
            foreach (var instance in plan.Instances)
            {
                if (!outcomes.TryGetValue(instance.Index, out var outcome) || outcome.Statistics is not { } stats) continue;
                weights[instance.Index] = portfolio.Rule switch
                {
                    "winners" => stats.TotalReturn > 0 ? 1 : 0,
                    _ => 1.0 / plan.Instances.Count,
                };
            }
        }
        foreach (var instance in plan.Instances)
            if (!outcomes.TryGetValue(instance.Index, out var outcome) || outcome.Statistics is null)
                weights[instance.Index] = 0;
        return weights;
    }

    /// <summary>Checks what can be checked before the run.</summary>
    public static void Check(BatchPlan plan)
    {
        var portfolio = plan.Spec.Portfolio;
        if (portfolio.FixedWeights is { } fixedWeights)
        {
            var ids = plan.Instances.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var id in fixedWeights.Keys)
                if (!ids.Contains(id))
                {
                    var near = Spelling.Nearest(id, ids);
                    throw portfolio.Place!.Need("weights").Need(id).Fault($"the batch has no strategy of this id" + (near is null ? "" : $"; did you mean '{near}'?"));
                }
        }
        else if (portfolio.Rule is not ("winners" or "equal"))
        {
            var near = Spelling.Nearest(portfolio.Rule!, ["winners", "equal"]);
            throw portfolio.Place!.Need("weights").Fault($"there is no rule '{portfolio.Rule}'; "
                + (near is null ? "use \"winners\", \"equal\", or an object of weights by strategy id" : $"did you mean '{near}'?"));
        }
    }
}
