using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.Regimes;

namespace Granary.Modelling.Weighting;

/// <summary>Turns a batch's results into weights.</summary>
internal static class BatchWeights
{
    /// <summary>Whether the rule needs the single trades, so the run must keep them.</summary>
    public static bool NeedsEvents(BatchPlan plan) =>
        plan.Spec.Portfolio.Rule is WeightMethods.Regime || AllocatorWeights.IsFor(plan);

    /// <summary>Chooses the batch's weights. Weights over time are chosen from past data only.</summary>
    /// <param name="events">Source of the single trades; null if the run did not keep them.</param>
    /// <param name="call">Settings for policies that must be trained.</param>
    public static async Task<WeightChoice> ChooseAsync(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, OpenedMarket> markets, EventLog? events, AllocatorCall call, CancellationToken cancellationToken)
    {
        var portfolio = plan.Spec.Portfolio;
        var spec = portfolio.Rebalance ?? RebalanceSpec.Default;
        if (AllocatorWeights.IsFor(plan) && events is not null)
            return await AllocatorWeights.ChooseAsync(plan, outcomes, markets, events, call, cancellationToken);
        if (portfolio.Rule == WeightMethods.Regime || portfolio.WeightsByState is not null)
        {
            var regimes = plan.Spec.Regimes ?? RegimePlan.ShortAndLong();
            var changes = new Dictionary<string, IReadOnlyList<(long, int)>>(StringComparer.Ordinal);
            foreach (var symbol in plan.Instances.Select(i => i.Symbols[0]).Distinct(StringComparer.Ordinal))
                changes[symbol] = (await MarketStates.RunAsync(markets[symbol], regimes, cancellationToken)).Changes();
            if (portfolio.WeightsByState is { } given)
                return ScheduledWeights.Given(plan, Weigh(plan, outcomes), given, i => changes[plan.Instances[i].Symbols[0]]);
            var trades = new List<StateTrade>();
            foreach (var instance in plan.Instances)
            {
                foreach (var e in events?.Events(instance.Index) ?? [])
                    if (e.IsClosedTrade && e.Trade is var trade)
                        trades.Add(new StateTrade(instance.Index, trade.SignalTime, instance.Timeframe.CloseOf(trade.ExitTime),
                            MarketStates.At(changes[instance.Symbols[0]], instance.Timeframe.CloseOf(trade.SignalTime)),
                            trade.NetProfit));
            }
            return ScheduledWeights.ByState(plan, outcomes, trades, i => changes[plan.Instances[i].Symbols[0]], regimes.States.Count, spec);
        }
        return ScheduledWeights.IsFor(portfolio) ? ScheduledWeights.ByEquity(plan, outcomes, portfolio.Rule!, spec)
            : new WeightChoice(Weigh(plan, outcomes));
    }

    /// <returns>Weights by strategy index; 0 for strategies that failed or did not finish.</returns>
    /// <exception cref="InputException">The rule is unknown, or a weight names a strategy that the batch does not have.</exception>
    private static double[] Weigh(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var weights = new double[plan.Instances.Count];
        var portfolio = plan.Spec.Portfolio;
        if (portfolio.FixedWeights is { } fixedWeights)
        {
            var byId = plan.Instances.ToDictionary(i => i.Id, i => i.Index, StringComparer.Ordinal);
            foreach (var (id, weight) in fixedWeights)
                weights[byId[id]] = weight;
        }
        else if (portfolio.Rule == WeightMethods.Best)
        {
            foreach (var instance in plan.Instances.Take(plan.Instances.Count - plan.Trials.Count)) weights[instance.Index] = 1;
            // The trials of a Pareto front share the weight of their search.
            foreach (var best in BestTrials.Of(plan, outcomes))
                foreach (var strategy in best)
                    weights[strategy] = 1.0 / best.Count;
        }
        else
        {
            // Strategies with identical results share one weight, so that they do not count twice.
            var identical = IdenticalResults.Of(plan, outcomes);
            foreach (var instance in plan.Instances)
            {
                if (!outcomes.TryGetValue(instance.Index, out var outcome) || outcome.Statistics is not { } stats) continue;
                if (!identical.IsFirst(instance.Index)) continue;
                weights[instance.Index] = portfolio.Rule switch
                {
                    WeightMethods.Winners => Winner.Is(stats.TotalReturn) ? 1 : 0,
                    _ => 1.0 / (plan.Instances.Count - identical.Repeated),
                };
            }
        }
        foreach (var instance in plan.Instances)
            if (!outcomes.TryGetValue(instance.Index, out var outcome) || outcome.Statistics is null)
                weights[instance.Index] = 0;
        return weights;
    }

    /// <summary>Checks the plan's weights before the run and returns the plan.</summary>
    /// <exception cref="InputException">
    /// A weight names a strategy that the batch does not have, or the bounds of an allocation method contradict one another.
    /// </exception>
    public static BatchPlan Checked(BatchPlan plan)
    {
        var portfolio = plan.Spec.Portfolio;
        if (portfolio.Rule is { } rule && WeightMethods.IsAllocation(rule))
            _ = AllocationRule.Of(plan, rule, portfolio.Rebalance ?? RebalanceSpec.Default);
        var ids = plan.Instances.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in portfolio.FixedWeights?.Keys ?? [])
        {
            if (ids.Contains(id)) continue;
            var near = Spelling.Nearest(id, ids);
            throw portfolio.Place!.Need("weights").Need(id)
                .Fault("the batch has no strategy of this id" + (near is null ? "" : $"; did you mean '{near}'?"));
        }
        return plan;
    }
}
