using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>Result of one trainer and label of an experiment on one market or strategy.</summary>
/// <param name="FigureName"><c>auc</c> or <c>r2</c>, or the experiment's fitness if that rates predictions.</param>
/// <param name="Figure">Out-of-sample value over all windows.</param>
/// <param name="PValue">
/// Probability of an AUC at least this high without an edge, times the number of trials (Bonferroni), at most 1; null for other figures.
/// </param>
internal sealed record ExperimentTrial(string Data, string Trainer, string Label, int Samples, string FigureName, double? Figure,
    double? TrainTestGap, double? PValue, double Seconds, string? Error)
{
    /// <summary>
    /// Effect of the model on the strategies' trades; null if the experiment's fitness rates predictions or the model had no trade to
    /// decide on.
    /// </summary>
    public ModelWorth? Worth { get; init; }

    /// <summary>Suspicious findings about the predictions out of sample, one sentence each; null if there are none.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
