using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>Computes the figures by which models are ranked from their predictions.</summary>
internal static class SearchScore
{
    /// <summary>Computes the figure of a fitness that rates predictions.</summary>
    /// <param name="task">Task of the labels: classification or regression.</param>
    /// <param name="top">Share of the samples with the highest predictions that <c>precision</c> counts.</param>
    /// <returns>NaN if the figure is undefined.</returns>
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

    /// <summary>
    /// Converts a figure into a rank: higher is better. A figure is infinite where nothing was lost, which ranks highest; an undefined one
    /// ranks lowest.
    /// </summary>
    public static double Rank(ExperimentFitness fitness, double figure) =>
        double.IsNaN(figure) ? double.NegativeInfinity : fitness == ExperimentFitness.LogLoss ? -figure : figure;

    /// <summary>Returns the finite predictions with their labels.</summary>
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
