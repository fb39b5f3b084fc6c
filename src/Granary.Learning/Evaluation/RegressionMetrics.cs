namespace Granary.Learning.Evaluation;

/// <summary>Metrics of regression.</summary>
internal static class RegressionMetrics
{
    /// <summary>
    /// 1 − Σ(y − ŷ)² / Σ(y − mean of these y)²; negative if the mean predicts better; NaN for a constant label.
    /// </summary>
    public static double RSquared(ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels)
    {
        var mean = 0.0;
        foreach (var label in labels) mean += label;
        mean /= labels.Length;
        var (residual, total) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            residual += (labels[i] - predictions[i]) * (labels[i] - predictions[i]);
            total += (labels[i] - mean) * (labels[i] - mean);
        }
        return total > 0 ? 1 - residual / total : double.NaN;
    }

    /// <summary>Root mean squared error, in the label's unit.</summary>
    public static double Rmse(ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++) sum += (labels[i] - predictions[i]) * (labels[i] - predictions[i]);
        return Math.Sqrt(sum / labels.Length);
    }

    /// <summary>Mean absolute error, in the label's unit.</summary>
    public static double MeanAbsoluteError(ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++) sum += Math.Abs(labels[i] - predictions[i]);
        return sum / labels.Length;
    }
}
