namespace Granary.Application.Experiments;

/// <summary>What one fit predicted.</summary>
/// <param name="Predicted">By test row of its fold; NaN where the model has no prediction.</param>
/// <param name="Signals">By signal of its fold; NaN likewise.</param>
/// <param name="Error">Why there is no model; null where there is one.</param>
/// <param name="IsReused">Whether an earlier run made it.</param>
internal sealed record SearchFit(double[] Predicted, double[] Signals, string? Error, bool IsReused);
