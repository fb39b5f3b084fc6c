using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>Figures of predictions by which models are ranked.</summary>
internal static class SearchScore
{
    /// <summary>The figure of a fitness that judges predictions.</summary>
    /// <param name="task">Of the labels.</param>
    /// <param name="top">The share of samples that a precision is of.</param>
    /// <returns>NaN where it is not defined.</returns>
    public static double Of(ExperimentFitness fitness, double top, LearningTask task, double[] predicted, double[] labels)
    {
        if (labels.Length == 0) return double.NaN;
        return fitness switch
        {
            ExperimentFitness.LogLoss => ClassificationMetrics.LogLoss(predicted, labels),
            ExperimentFitness.Precision => ClassificationMetrics.PrecisionAtTop(predicted, labels, top),
            _ => task == LearningTask.Classification ? ClassificationMetrics.Auc(predicted, labels)
                : RegressionMetrics.RSquared(predicted, labels),
        };
    }

    /// <summary>What the higher is the better of, a figure that is not defined being the lowest.</summary>
    public static double Rank(ExperimentFitness fitness, double figure) =>
        !double.IsFinite(figure) ? double.NegativeInfinity : fitness == ExperimentFitness.LogLoss ? -figure : figure;

    /// <summary>The predictions that are numbers, and their labels.</summary>
    public static (double[] Predicted, double[] Labels) Known(IEnumerable<(double Predicted, double Label)> samples)
    {
        var (predicted, labels) = (new List<double>(), new List<double>());
        foreach (var (p, label) in samples)
        {
            if (!double.IsFinite(p)) continue;
            predicted.Add(p);
            labels.Add(label);
        }
        return ([.. predicted], [.. labels]);
    }
}
