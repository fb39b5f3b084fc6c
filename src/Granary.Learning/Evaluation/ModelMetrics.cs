using Granary.Learning.Tables;

namespace Granary.Learning.Evaluation;

/// <summary>
/// The figures of some predictions, by name: auc, logLoss, accuracy, brier for probabilities; r2, rmse, mae for numbers; samples always.
/// </summary>
public static class ModelMetrics
{
    /// <param name="labels">0 and 1 where <paramref name="labelTask"/> says so.</param>
    /// <param name="modelTask">Whether the predictions are probabilities.</param>
    /// <returns>Figures that exist: no AUC where one class is missing.</returns>
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

    /// <summary>The figure that models are compared by: AUC where there is one, else R².</summary>
    public static double? Main(IReadOnlyDictionary<string, double> figures) =>
        figures.TryGetValue("auc", out var auc) ? auc : figures.TryGetValue("r2", out var r2) ? r2 : null;
}
