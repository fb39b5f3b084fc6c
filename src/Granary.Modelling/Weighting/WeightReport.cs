using Granary.Learning.Regimes;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Writes the section of results.json on weights over time: each choice with its time.</summary>
internal static class WeightReport
{
    // Maximum number of strategies per choice, and of choices, in the report.
    private const int MostNamed = 30, MostSteps = 200;

    public static WeightResults Of(BatchPlan plan, WeightChoice choice) => Of(plan, choice, [.. plan.Instances.Select(i => i.Id)]);

    /// <param name="names">Name of each unit that the rule weighs.</param>
    public static WeightResults Of(BatchPlan plan, WeightChoice choice, IReadOnlyList<string> names)
    {
        var spec = choice.Allocator is null ? plan.Spec.Portfolio.Rebalance ?? RebalanceSpec.Default : null;
        return new WeightResults
        {
            Rule = plan.Spec.Portfolio.Rule!,
            EveryDays = spec?.Every.NominalDays,
            WindowDays = spec?.Window?.NominalDays,
            Choices = choice.History.Count,
            History = [.. choice.History.Take(MostSteps).Select((step, i) => Row(names, step, i > 0 ? choice.History[i - 1].Chosen : []))],
            Risk = choice.Allocation is { Chosen.Count: > 0 } last ? RiskOf(last, names, plan.Feeds[0].TracePeriod) : null,
            ByState = choice.ByState is { } byState ? ByState(plan, choice, byState) : null,
        };
    }

    private static WeightRisk RiskOf(AllocationChoice choice, IReadOnlyList<string> names, long periodTicks)
    {
        var allocated = choice.Allocated;
        return new WeightRisk(choice.Returns[0].Length, periodTicks / (double)TimeSpan.TicksPerDay, allocated.Return, allocated.Risk,
            allocated.Shrinkage, [.. choice.Units.Select((unit, place) => (unit, place)).Where(u => allocated.Weights[u.place] > 0)
                .Take(MostSteps).Select(u => new RiskContribution(names[u.unit], allocated.Weights[u.place],
                    allocated.RiskContributions[u.place]))]);
    }

    private static WeightStepRow Row(IReadOnlyList<string> names, WeightStep step, IReadOnlyList<(int Strategy, double Weight)> before)
    {
        var known = before.Select(c => c.Strategy).ToHashSet();
        return new WeightStepRow(step.Time, step.Chosen.Count, step.Chosen.Count(c => !known.Contains(c.Strategy)),
            step.Chosen.Sum(c => c.Weight), step.Chosen.Select(c => c.Weight).DefaultIfEmpty().Max(),
            [.. step.Chosen.Take(MostNamed).Select(c => new StrategyWeight(names[c.Strategy], c.Weight))]);
    }

    private static List<StateWeightRow> ByState(BatchPlan plan, WeightChoice choice, double[]?[] byState)
    {
        var states = (plan.Spec.Regimes ?? RegimePlan.ShortAndLong()).States;
        return [.. plan.Instances.Where(i => choice.Last[i.Index] != 0).Take(MostSteps).Select(i => new StateWeightRow(i.Id)
        {
            Weights = states.Select((name, s) => (name, s)).ToDictionary(x => x.name, x => (object)byState[i.Index]![x.s],
                StringComparer.Ordinal),
        })];
    }
}
