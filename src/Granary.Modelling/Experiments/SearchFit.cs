namespace Granary.Modelling.Experiments;

/// <summary>What one fit of a search predicted; of a comparison, the model itself.</summary>
/// <param name="Predicted">By test row of its window; NaN where the model has no prediction.</param>
/// <param name="Signals">By signal in its window; NaN likewise.</param>
/// <param name="Error">Why there is no model; null where there is one.</param>
public sealed record SearchFit(double[] Predicted, double[] Signals, string? Error)
{
    /// <summary>The bytes of the model's file, where an experiment without a search asked for it; else null.</summary>
    public byte[]? Model { get; init; }
}
