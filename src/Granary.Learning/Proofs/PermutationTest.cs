using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Proofs;

/// <summary>How often chance does as well: the same training on labels that were shuffled, so that nothing can be known of them.</summary>
/// <param name="Auc">With the true labels, out of sample.</param>
/// <param name="Permuted">The same with shuffled labels, one for each shuffle.</param>
/// <param name="StandardError">Of an AUC without edge, from the numbers of ones and zeros tested.</param>
public sealed record PermutationResult(double Auc, IReadOnlyList<double> Permuted, double StandardError)
{
    /// <summary>Share of shuffles that did at least as well, the true one counted among them.</summary>
    public double PValue => (1.0 + Permuted.Count(p => p >= Auc)) / (1 + Permuted.Count);

    /// <summary>Half the width of the interval around ½ in which every shuffle is expected: four standard errors.</summary>
    public double Interval => 4 * StandardError;

    public bool PermutedHaveNoEdge => Permuted.All(p => Math.Abs(p - 0.5) <= Interval);
}

public static class PermutationTest
{
    /// <param name="table">Labels 0 and 1.</param>
    /// <param name="split">Share of rows, from the oldest on, that trains.</param>
    public static PermutationResult Run(ITrainer trainer, TrainingTable table, double split, int shuffles, TrainingOptions options)
    {
        var cut = (int)(table.Count * split);
        var truth = Auc(table);
        var permuted = new double[shuffles];
        for (var s = 0; s < shuffles; s++)
        {
            var random = new PortableRandom(options.Seed, 1_000 + s);
            var labels = table.Label.ToArray();
            // Both parts are shuffled, each by itself, so that the shares of ones stay.
            random.Shuffle(labels.AsSpan(0, cut));
            random.Shuffle(labels.AsSpan(cut));
            permuted[s] = Auc(table.With(label: labels));
        }
        long ones = 0;
        foreach (var label in table.Label[cut..]) ones += (long)label;
        return new PermutationResult(truth, permuted, ClassificationMetrics.AucStandardError(ones, table.Count - cut - ones));

        double Auc(TrainingTable t)
        {
            var model = trainer.Train(t.Range(0, cut), options);
            var (rows, predicted) = Prediction.Of(model, t.Range(cut, t.Count));
            return ClassificationMetrics.Auc(predicted, Prediction.Labels(t, rows));
        }
    }
}
