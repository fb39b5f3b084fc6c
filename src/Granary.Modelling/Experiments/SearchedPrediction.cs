namespace Granary.Modelling.Experiments;

/// <summary>Compares the predictions in the outer windows with the actual labels.</summary>
/// <param name="FigureName"><c>auc</c> or <c>r2</c>.</param>
/// <param name="Correlation">Rank correlation between prediction and label.</param>
/// <param name="Pairs">Effective number of independent samples.</param>
/// <param name="PValue">One-sided probability of a correlation at least this high if predictions and labels are unrelated.</param>
internal sealed record SearchedPrediction(int Samples, string FigureName, double? Figure, double Correlation, double Pairs, double PValue);
