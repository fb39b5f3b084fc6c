namespace Granary.Modelling.Experiments;

/// <summary>Predictions of the outer windows against what came.</summary>
/// <param name="FigureName">auc or r2.</param>
/// <param name="Correlation">Rank correlation of prediction and label.</param>
/// <param name="Pairs">Independent samples that they amount to.</param>
/// <param name="PValue">Of a correlation this high without any relation.</param>
public sealed record SearchedPrediction(int Samples, string FigureName, double? Figure, double Correlation, double Pairs, double PValue);
