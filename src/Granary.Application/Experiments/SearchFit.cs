namespace Granary.Application.Experiments;

/// <summary>What one fit predicted.</summary>
/// <param name="Predicted">By test row of its window; NaN where the model has no prediction.</param>
/// <param name="Signals">By signal in its window; NaN likewise.</param>
/// <param name="Error">Why there is no model; null where there is one.</param>
public sealed record SearchFit(double[] Predicted, double[] Signals, string? Error);
