namespace Granary.Engine.Analysis.Costs;

/// <summary>An estimate with its interval.</summary>
/// <param name="Low">Lower end of the two-sided interval of <see cref="CostFit.Level"/>; NaN if it is unknown.</param>
/// <param name="High">Upper end of that interval.</param>
/// <param name="Upper">The value that the true one does not exceed with a confidence of <see cref="CostFit.UpperLevel"/>.</param>
internal readonly record struct CostEstimate(double Mean, double Low, double High, double Upper);
