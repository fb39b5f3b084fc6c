using Granary.Engine.Analysis;
using Granary.Engine.Portfolio.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Risk and return of the last choices of several weight rules, by the returns that they were chosen from.</summary>
internal static class RiskOfChoices
{
    private const int FrontierPoints = 25;

    /// <param name="traces">By strategy index.</param>
    /// <param name="last">Trace periods of the last choice: from the first one that it uses to the first that it does not.</param>
    /// <param name="choices">The choices of <see cref="WeightComparison.Rules"/>.</param>
    /// <param name="rule">The rule whose contributions are shown; null for equal weights.</param>
    /// <returns>Null if no strategy has risk.</returns>
    public static AllocationRisk? Of(BatchPlan plan, IReadOnlyDictionary<int, EquityTrace> traces, (long From, long At) last,
        IReadOnlyList<WeightChoice> choices, string? rule)
    {
        // Strategies that had begun, and whose equity moved.
        var assets = traces.Where(t => t.Value.FirstPeriod <= last.From).OrderBy(t => t.Key)
            .Select(t => (Strategy: t.Key, Returns: t.Value.Returns(last.From, last.At)))
            .Where(t => Moments.OfReturns(t.Returns).SampleDeviation > 0).ToList();
        if (assets.Count == 0) return null;
        var returns = assets.ConvertAll(a => a.Returns);
        var covariance = ShrunkCovariance.Of(returns);
        var ticks = traces.Values.First().PeriodTicks;
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
            Frontier = [.. EfficientFrontier.Of(returns, AllocationSettings.Default, FrontierPoints)
                .Select(p => new RiskPoint(p.Return * perYear, p.Risk * Math.Sqrt(perYear)))],
            Strategies = [.. assets.Select((a, i) => Named(plan.Instances[a.Strategy].Id, Only(i)))],
            Rules = [.. WeightComparison.Rules.Select((r, i) => Named(r, Last(i)))],
            Rule = WeightComparison.Rules[shown],
            Contributions = [.. assets.Select((a, i) => new RiskShare(plan.Instances[a.Strategy].Id, weights[i], shares[i]))
                .Where(c => c.Weight != 0).OrderByDescending(c => c.Share).ThenBy(c => c.Strategy, StringComparer.Ordinal)],
        };
    }
}
