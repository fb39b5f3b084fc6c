using Granary.Application.Allocation;
using Granary.Application.Batches;
using Granary.Learning.Reinforcement.Evaluation;
using Granary.Reporting.Runs;

namespace Granary.Application.Weighting;

/// <summary>The section of results.json on weights that a policy has learned.</summary>
internal static class AllocatorReport
{
    public static AllocatorResults Of(BatchPlan plan, AllocatorOutcome outcome)
    {
        var (result, table) = (outcome.Result, outcome.Weights);
        var last = result.Windows[^1];
        return new AllocatorResults
        {
            Rule = plan.Spec.Portfolio.Rule!,
            Promoted = result.IsPromoted,
            Growth = [.. result.Growth.Select(g => new MethodGrowth(g.Method, g.Growth.Value, g.Growth.Low, g.Growth.High))],
            Improvement = Improvements(result.Improvements),
            ImprovementStressed = Improvements(result.StressedImprovements),
            Windows = [.. result.Windows.Select(w => Window(plan, w))],
            Curve = [.. last.Seeds[last.Chosen].Curve.Select(p =>
                new TrainingPoint(p.Steps, p.Reward, p.Entropy, p.ApproxKl, p.ClipFraction, p.ExplainedVariance))],
            Weights = new AllocatorWeightRows(table.Times, table.Strategies,
                [.. table.Values.Select(row => Array.ConvertAll(row, weight => Math.Round(weight, 5)))]),
        };
    }

    private static List<BaselineImprovement> Improvements(
        IReadOnlyList<(string Baseline, ImprovementProbability Probability)> improvements) =>
        [.. improvements.Select(i => new BaselineImprovement(i.Baseline, i.Probability.Value, i.Probability.Low, i.Probability.High))];

    private static AllocatorWindowRow Window(BatchPlan plan, AllocatorWindow window) => new(window.From, window.At,
        [.. window.Strategies.Select(s => plan.Instances[s].Id)], window.Seeds[window.Chosen].Seed,
        [.. window.Seeds.Select((seed, s) =>
            new AllocatorSeed(seed.Seed, seed.Digest, seed.Validation, window.Tests[s], window.Stressed[s]))],
        [.. window.Baselines.Select(b => new AllocatorBaseline(b.Name, b.Growth, b.Stressed))]);
}
