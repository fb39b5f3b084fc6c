using System.Globalization;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Notes;

/// <summary>
/// Notes on values that are valid but probably a mistake: fractions instead of percentages, and fast averages that are not faster.
/// </summary>
internal static class SuspiciousNotes
{
    // A distance or share below this percentage is more often a fraction by mistake than intended.
    private const double LeastPercent = 0.2;

    public static IEnumerable<RunNote> Of(BatchFacts facts) => [.. Percentages(facts.Plan.Spec), .. FastNotBelowSlow(facts.Plan)];

    private static IEnumerable<RunNote> Percentages(BatchSpec spec)
    {
        var found = new List<(string Key, double Value)>();
        foreach (var strategy in spec.Strategies)
        {
            var trading = strategy.Trading;
            if (trading.Size is { Kind: SizeKind.PercentOfEquity, Value: > 0 and <= 1 and var size })
                found.Add(("size.percentOfEquity", size));
            if (trading.Size is { Kind: SizeKind.RiskPercent, Value: > 0 and < 0.05 and var risk }) found.Add(("size.riskPercent", risk));
            if (trading.StopLossPercent is > 0 and < LeastPercent) found.Add(("stopLossPercent", trading.StopLossPercent));
            if (trading.TakeProfitPercent is > 0 and < LeastPercent) found.Add(("takeProfitPercent", trading.TakeProfitPercent));
            foreach (var step in trading.TakeProfit.Where(s => s.Percent < LeastPercent)) found.Add(("takeProfit.percent", step.Percent));
            if (trading.TrailingStopPercent is > 0 and < LeastPercent) found.Add(("trailingStopPercent", trading.TrailingStopPercent));
        }
        foreach (var rule in spec.Portfolio.Limits.Rules.Where(r => r.Definition.IsLargePercentage))
            if (new RuleKeys(rule.Definition).ValueOf(rule) is > 0 and <= 1 and var value)
                found.Add(($"limits.{rule.Definition.Name}", value));
        foreach (var group in found.GroupBy(f => f))
        {
            var (key, value) = group.Key;
            yield return new RunNote(NoteCode.Suspicious, string.Create(CultureInfo.InvariantCulture,
                $"{key} {value} is {value} %, not {100 * value:0.####} %: percentages are written in percent. "
                    + $"Write {100 * value:0.####} if that is meant."), group.Count());
        }
        if (spec.Execution.CommissionPercent >= 2)
            yield return new RunNote(NoteCode.Suspicious, string.Create(CultureInfo.InvariantCulture,
                $"commissionPercent {spec.Execution.CommissionPercent} takes {2 * spec.Execution.CommissionPercent:0.##} % of each round "
                    + $"trip. Write 0.1 for a tenth of a percent."));
    }

    private static IEnumerable<RunNote> FastNotBelowSlow(BatchPlan plan)
    {
        var wrong = plan.Instances.Where(i => Number(i, "fast") is { } fast && Number(i, "slow") is { } slow && fast >= slow).ToList();
        if (wrong.Count > 0)
            yield return new RunNote(NoteCode.Suspicious, string.Create(CultureInfo.InvariantCulture,
                $"{wrong.Count:N0} of {plan.Instances.Count:N0} strategies have a fast average that is not faster than the slow one, "
                    + $"first {wrong[0].Id}: with equal lengths they never trade, with swapped ones they trade the opposite. Leave these "
                    + $"combinations out of the grid."), wrong.Count);
    }

    private static double? Number(StrategyInstance instance, string name)
    {
        foreach (var (parameter, value) in instance.Params)
            if (parameter == name && value is int or double)
                return Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return null;
    }
}
