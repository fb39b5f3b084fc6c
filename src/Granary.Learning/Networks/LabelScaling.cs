using Granary.Engine.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Networks;

/// <summary>Scaling of a label to a network's target: (label − mean) · scale.</summary>
internal readonly record struct LabelScaling(double Mean, double Scale)
{
    /// <summary>Mean 0 and deviation 1 for regression labels; identity for classes.</summary>
    public static LabelScaling Of(TrainingSet set)
    {
        if (set.Table.Task == LearningTask.Classification) return new(0, 1);
        var labels = set.Labels();
        var weights = set.Weights();
        var total = Dense.Sum(weights);
        var mean = Dense.Dot(weights, labels) / total;
        var variance = 0.0;
        for (var i = 0; i < labels.Length; i++) variance += weights[i] * (labels[i] - mean) * (labels[i] - mean);
        return new(mean, 1 / Math.Sqrt(variance / total));
    }

    public double Target(double label) => (label - Mean) * Scale;
}
