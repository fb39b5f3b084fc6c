using Granary.Modelling.Allocation;
using Granary.Reinforcement.Evaluation;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Writes the learned weights: their sections of results.json and prod.json, and the table weights.</summary>
internal static class AllocatorReport
{
    /// <summary>Name of the table.</summary>
    public const string Name = "weights";

    /// <summary>The column before the strategies'.</summary>
    public static readonly OutputColumn First = new("time", ColumnType.Time);

    /// <summary>The column after the strategies'.</summary>
    public static readonly OutputColumn Last = new("cash", ColumnType.Number);

    // Maximum number of decisions in the report's chart.
    private const int MostDrawn = 400;

    /// <summary>Returns the section of results.json; null if this run did not train the policy.</summary>
    public static AllocatorResults? Of(BatchPlan plan, AllocatorOutcome outcome)
    {
        if (outcome.Result is not { } result) return null;
        var last = result.Windows[^1];
        return new AllocatorResults
        {
            Rule = plan.Spec.Portfolio.Rule!,
            Promoted = result.IsPromoted,
            Growth = [.. result.Growth.Select(g => new MethodGrowth(g.Method, g.Growth.Value, g.Growth.Low, g.Growth.High))],
            Improvement = Improvements(result.Improvements),
            ImprovementStressed = Improvements(result.StressedImprovements),
            Windows = [.. result.Windows.Select((w, k) => Window(w, k < outcome.Versions.Count ? outcome.Versions[k].ToString() : null))],
            Curves = [.. last.Seeds.Select(s => new TrainingCurve(s.Seed, [.. s.Curve.Select(p =>
                new TrainingPoint(p.Steps, p.Reward, p.Entropy, p.ApproxKl, p.ClipFraction, p.ExplainedVariance))]))],
            Weights = Rows(outcome.Weights),
        };
    }

    /// <summary>Returns the validation finding on learned weights; null if this run did not train the policy.</summary>
    public static ValidationCheck? FindingOf(AllocatorOutcome outcome)
    {
        if (outcome.Result is not { } result) return null;
        var all = result.Improvements.Select(i => (Name: i.Baseline, i.Probability))
            .Concat(result.StressedImprovements.Select(i => (Name: i.Baseline + " with doubled costs", i.Probability))).ToList();
        var worst = all.MinBy(i => i.Probability.Low);
        return new ValidationCheck(result.IsPromoted ? ValidationState.Passed : ValidationState.Failed,
            string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"the probability of improvement over {worst.Name} has the lower bound {worst.Probability.Low:0.00}, ")
                + (result.IsPromoted ? "the lowest of all" : "where more than 0.50 is needed")
                + $"; {Counted.Of(result.Windows.Count, "later window")}, {Counted.Of(result.Windows[0].Seeds.Count, "seed")}",
            [("value", worst.Probability.Low), ("threshold", 0.5), ("windows", result.Windows.Count),
                ("seeds", result.Windows[0].Seeds.Count)]);
    }

    /// <summary>Returns the table weights: one row per decision, one column per strategy and one for cash.</summary>
    public static Table Table(AllocatorOutcome outcome)
    {
        var weights = outcome.Weights;
        IReadOnlyList<OutputColumn> columns = [First,
            .. weights.Units.Names.Select(name => new OutputColumn(name, ColumnType.Number) { IsQuoted = true }),
            Last];
        return new Table(columns, writer =>
        {
            for (var d = 0; d < weights.Count; d++)
            {
                writer.Time(weights.TimeOf(d));
                var cash = 1.0;
                foreach (var weight in weights.Of(d))
                {
                    writer.Number(weight);
                    cash -= weight;
                }
                writer.Number(cash);
                writer.EndRow();
            }
        });
    }

    private static List<BaselineImprovement> Improvements(
        IReadOnlyList<(string Baseline, ImprovementProbability Probability)> improvements) =>
        [.. improvements.Select(i => new BaselineImprovement(i.Baseline, i.Probability.Value, i.Probability.Low, i.Probability.High))];

    private static AllocatorWindowRow Window(AllocatorWindow window, string? version) => new(window.From, window.Validated, window.At,
        window.To, window.Strategies, window.Seeds[window.Chosen].Seed,
        [.. window.Seeds.Select((seed, s) =>
            new AllocatorSeed(seed.Seed, seed.Digest, seed.Validation, window.Tests[s], window.Stressed[s]))],
        [.. window.Baselines.Select(b => new AllocatorBaseline(b.Name, b.Growth, b.Stressed))], version);

    private static AllocatorWeightRows Rows(DecidedWeights weights)
    {
        var points = Math.Min(weights.Count, MostDrawn);
        int[] at = [.. Enumerable.Range(0, points).Select(p => (int)((long)p * weights.Count / points))];
        return new AllocatorWeightRows([.. at.Select(weights.TimeOf)], weights.Units.Names,
            [.. at.Select(d => weights.Of(d).ToArray())]);
    }
}
