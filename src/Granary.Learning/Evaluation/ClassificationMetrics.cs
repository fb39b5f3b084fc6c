using Granary.Engine.Numerics;

namespace Granary.Learning.Evaluation;

/// <summary>Measures of how well scores separate the classes 1 and 0.</summary>
internal static class ClassificationMetrics
{
    /// <summary>
    /// Area under the receiver operating characteristic: the probability that a random 1 has a higher score than a random 0, with ties
    /// counted half (Mann and Whitney). Exact, because pairs are counted in integers.
    /// </summary>
    /// <returns>NaN if one class is missing.</returns>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
    {
        var keys = scores.ToArray();
        var values = labels.ToArray();
        if (keys.Length != values.Length) throw new ArgumentException("scores and labels have the same length", nameof(labels));
        Array.Sort(keys, values);
        long positives = 0, negatives = 0;
        Int128 halves = 0; // twice the number of (1 above 0) pairs, ties counting one
        for (var i = 0; i < keys.Length;)
        {
            long p = 0, n = 0;
            var j = i;
            for (; j < keys.Length && keys[j] == keys[i]; j++)
                if (values[j] == 1) p++;
                else n++;
            if (j == i) throw new ArgumentException("a score is NaN", nameof(scores));
            halves += (Int128)p * (2 * negatives + n);
            positives += p;
            negatives += n;
            i = j;
        }
        return positives == 0 || negatives == 0 ? double.NaN : (double)halves / (2.0 * positives * negatives);
    }

    /// <summary>Minus the logarithm of the probability that was predicted for the actual label; the probability is limited to 1e-15 … 1 −
    /// 1e-15.</summary>
    /// <param name="probability">The predicted probability of label 1.</param>
    /// <param name="label">0 or 1.</param>
    public static double LogLoss(double probability, double label)
    {
        var p = Math.Clamp(probability, 1e-15, 1 - 1e-15);
        return -PortableMath.Log(label == 1 ? p : 1 - p);
    }

    /// <summary>The mean logarithmic loss over samples.</summary>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
            sum += LogLoss(probabilities[i], labels[i]);
        return sum / labels.Length;
    }

    /// <summary>Share of correct predictions at the threshold ½ (½ itself counts as 0, as with scikit-learn's argmax).</summary>
    public static double Accuracy(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> labels)
    {
        var right = 0;
        for (var i = 0; i < labels.Length; i++)
            if ((probabilities[i] > 0.5) == (labels[i] == 1))
                right++;
        return (double)right / labels.Length;
    }

    /// <summary>Share of ones among the samples with the highest scores (precision at k).</summary>
    /// <param name="top">The share of the samples to use, at least one sample. Samples with equal scores at the limit count in
    /// proportion.</param>
    /// <returns>NaN without samples.</returns>
    public static double PrecisionAtTop(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels, double top)
    {
        if (scores.Length == 0) return double.NaN;
        var count = Math.Clamp((int)Math.Round(top * scores.Length, MidpointRounding.AwayFromZero), 1, scores.Length);
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        var last = sorted[^count];
        int above = 0, aboveOnes = 0, equal = 0, equalOnes = 0;
        for (var i = 0; i < scores.Length; i++)
            if (scores[i] > last)
            {
                above++;
                aboveOnes += labels[i] == 1 ? 1 : 0;
            }
            else if (scores[i] == last)
            {
                equal++;
                equalOnes += labels[i] == 1 ? 1 : 0;
            }
        return (aboveOnes + (count - above) * (equalOnes / (double)equal)) / count;
    }

    /// <summary>Mean squared difference between probability and label.</summary>
    public static double Brier(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++) sum += (probabilities[i] - labels[i]) * (probabilities[i] - labels[i]);
        return sum / labels.Length;
    }

    /// <summary>
    /// Standard error of the AUC of random scores: √((p + n + 1) / (12 p n)), for the interval of a permutation test.
    /// </summary>
    public static double AucStandardError(long positives, long negatives) =>
        Math.Sqrt((positives + negatives + 1.0) / (12.0 * positives * negatives));
}

/// <summary>One bar of a calibration plot.</summary>
/// <param name="Predicted">Mean probability of the samples in the bin.</param>
/// <param name="Observed">Share of them that were 1.</param>
internal sealed record CalibrationBin(double From, double To, int Count, double Predicted, double Observed);

/// <summary>Calibration curve: observed frequencies by predicted probability.</summary>
internal static class Calibration
{
    /// <summary>Groups the samples by equal bins of the probability; empty bins are omitted.</summary>
    public static IReadOnlyList<CalibrationBin> Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> labels, int bins = 10)
    {
        var count = new int[bins];
        var predicted = new double[bins];
        var observed = new double[bins];
        for (var i = 0; i < labels.Length; i++)
        {
            var bin = Math.Clamp((int)(probabilities[i] * bins), 0, bins - 1);
            count[bin]++;
            predicted[bin] += probabilities[i];
            observed[bin] += labels[i];
        }
        var result = new List<CalibrationBin>();
        for (var b = 0; b < bins; b++)
            if (count[b] > 0)
                result.Add(new CalibrationBin((double)b / bins, (b + 1.0) / bins, count[b], predicted[b] / count[b],
                    observed[b] / count[b]));
        return result;
    }
}
