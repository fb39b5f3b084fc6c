using Granary.Engine.Analysis;
using Granary.Engine.Portfolio.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Risk and return of the last choices of several weight rules, by the returns that they were chosen from.</summary>
internal static class RiskOfChoices
{
    private const int FrontierPoints = 25;

    /// <param name="choices">The choices of <see cref="WeightComparison.Rules"/>.</param>
    /// <param name="rule">The rule whose contributions are shown; null for equal weights.</param>
    /// <returns>Null if no strategy has risk.</returns>
    public static AllocationRisk? Of(BatchPlan plan, ScheduledWeights.Calendar calendar, IReadOnlyList<WeightChoice> choices, string? rule)
    {
        // The allocation methods chose from the strategies that had begun and were not lost, those with equal returns once.
        if (choices.Select(c => c.Allocation).OfType<AllocationChoice>().FirstOrDefault() is not { } seen) return null;
        var assets = seen.Units.Zip(seen.Returns, (unit, returns) => (Strategy: unit, Returns: returns))
            .Where(a => Moments.OfReturns(a.Returns).SampleDeviation > 0).ToList();
        if (assets.Count == 0) return null;
        var covariance = ShrunkCovariance.Of(assets.ConvertAll(a => a.Returns), seen.Settings.Shrinkage);
        var (ticks, last) = (calendar.Ticks, calendar.Choices[^1]);
        var perYear = 365.25 * TimeSpan.TicksPerDay / ticks;
        NamedRisk Named(string name, double[] weights) =>
            new(name, covariance.ReturnOf(weights) * perYear, Math.Sqrt(covariance.VarianceOf(weights) * perYear));

        double[] Only(int asset) => [.. assets.Select((_, i) => i == asset ? 1.0 : 0)];
        double[] Last(int choice)
        {
            var scale = Math.Max(1, choices[choice].Last.Sum());
            return [.. assets.Select(a => choices[choice].Last[a.Strategy] / scale)];
        }

        var shown = Math.Max(0, WeightComparison.Rules.ToList().IndexOf(rule ?? ""));
        var (weights, shares) = (Last(shown), covariance.ContributionsOf(Last(shown)));
        return new AllocationRisk(last.From * ticks, last.At * ticks, covariance.Shrinkage)
        {
            Frontier = [.. EfficientFrontier.Of(seen.Returns, seen.Settings, FrontierPoints)
                .Select(p => new RiskPoint(p.Return * perYear, p.Risk * Math.Sqrt(perYear)))],
            Strategies = [.. assets.Select((a, i) => Named(plan.Instances[a.Strategy].Id, Only(i)))],
            Rules = [.. WeightComparison.Rules.Select((r, i) => Named(r, Last(i)))],
            Rule = WeightComparison.Rules[shown],
            Contributions = [.. assets.Select((a, i) => new RiskShare(plan.Instances[a.Strategy].Id, weights[i], shares[i]))
                .Where(c => c.Weight != 0).OrderByDescending(c => c.Share).ThenBy(c => c.Strategy, StringComparer.Ordinal)],
        };
    }
}
