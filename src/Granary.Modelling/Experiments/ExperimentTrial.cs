using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>One trainer and label that an experiment tried on one market or strategy.</summary>
/// <param name="FigureName">auc or r2, or the figure of the experiment's fitness where that judges predictions.</param>
/// <param name="Figure">Out of sample, over all windows.</param>
/// <param name="PValue">Of an AUC this high without edge, times the number of trials (Bonferroni), 1 at the most; null for other
/// figures.</param>
public sealed record ExperimentTrial(string Data, string Trainer, string Label, int Samples, string FigureName, double? Figure,
    double? TrainTestGap, double? PValue, double Seconds, string? Error)
{
    /// <summary>What the model was worth to the strategies; null where the experiment's fitness judges predictions, or no trade was
    /// judged.</summary>
    public ModelWorth? Worth { get; init; }
}
