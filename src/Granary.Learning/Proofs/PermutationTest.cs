using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Proofs;

/// <summary>Result of a permutation test: the AUC compared with the same training on shuffled labels.</summary>
/// <param name="Auc">The AUC with the true labels, out of sample.</param>
/// <param name="Permuted">The AUC of each shuffle, out of sample.</param>
/// <param name="StandardError">Standard error of the AUC of random scores, from the numbers of ones and zeros in the test.</param>
internal sealed record PermutationResult(double Auc, IReadOnlyList<double> Permuted, double StandardError)
{
    /// <summary>Share of shuffles with at least the true AUC; the true labels count as one shuffle.</summary>
    public double PValue => (1.0 + Permuted.Count(p => p >= Auc)) / (1 + Permuted.Count);

    /// <summary>Half the width of the expected interval of all shuffles around ½: four standard errors.</summary>
    public double Interval => 4 * StandardError;

    public bool PermutedHaveNoEdge => Permuted.All(p => Math.Abs(p - 0.5) <= Interval);
}

internal static class PermutationTest
{
    /// <param name="table">A table with labels 0 and 1.</param>
    /// <param name="split">Share of the rows, from the oldest on, for training.</param>
    public static PermutationResult Run(ITrainer trainer, TrainingTable table, double split, int shuffles, TrainingOptions options)
    {
        var cut = (int)(table.Count * split);
        var truth = Auc(table);
        var permuted = new double[shuffles];
        for (var s = 0; s < shuffles; s++)
        {
            var random = new PortableRandom(options.Seed, 1_000 + s);
            var labels = table.Label.ToArray();
            // Both parts are shuffled separately, so that the shares of ones do not change.
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
