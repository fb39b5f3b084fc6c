using Granary.Learning.Tables;

namespace Granary.Learning.Evaluation;

/// <summary>
/// Computes metrics by name: auc, logLoss, accuracy, brier for probabilities; r2, rmse, mae for numbers; samples always.
/// </summary>
internal static class ModelMetrics
{
    /// <param name="labels">Labels; 0 and 1 if <paramref name="labelTask"/> is classification.</param>
    /// <param name="modelTask">Whether the predictions are probabilities.</param>
    /// <returns>The defined metrics: no AUC if one class is missing.</returns>
    public static IReadOnlyDictionary<string, double> Of(double[] predicted, double[] labels, LearningTask labelTask,
        LearningTask modelTask)
    {
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["samples"] = labels.Length };
        if (labels.Length == 0) return figures;
        void Add(string name, double value)
        {
            if (double.IsFinite(value)) figures[name] = value;
        }
        if (labelTask == LearningTask.Classification)
        {
            Add("auc", ClassificationMetrics.Auc(predicted, labels));
            Add("accuracy", ClassificationMetrics.Accuracy(predicted, labels));
        }
        if (modelTask == LearningTask.Classification)
        {
            Add("logLoss", ClassificationMetrics.LogLoss(predicted, labels));
            Add("brier", ClassificationMetrics.Brier(predicted, labels));
        }
        else
        {
            Add("r2", RegressionMetrics.RSquared(predicted, labels));
            Add("rmse", RegressionMetrics.Rmse(predicted, labels));
            Add("mae", RegressionMetrics.MeanAbsoluteError(predicted, labels));
        }
        return figures;
    }

    /// <summary>The metric for comparing models: AUC if there is one, otherwise R².</summary>
    public static double? Main(IReadOnlyDictionary<string, double> figures) =>
        figures.TryGetValue("auc", out var auc) ? auc : figures.TryGetValue("r2", out var r2) ? r2 : null;

    /// <summary>The main metric in sample minus that out of sample; null if one of them is undefined.</summary>
    public static double? GapOf(IReadOnlyDictionary<string, double> inSample, IReadOnlyDictionary<string, double> outOfSample) =>
        Main(inSample) - Main(outOfSample);
}
