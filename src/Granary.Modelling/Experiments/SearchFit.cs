using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>Predictions of one fit of a search; in a comparison, the fitted model itself.</summary>
/// <param name="Predicted">One value per test row of the window; NaN if the model has no prediction.</param>
/// <param name="Signals">One value per signal in the window; NaN if the model has no prediction.</param>
/// <param name="Error">The reason why the fit failed; null if it succeeded.</param>
internal sealed record SearchFit(double[] Predicted, double[] Signals, string? Error) : WorkResult
{
    /// <summary>The model file's bytes if a comparison asked for them; otherwise null.</summary>
    public byte[]? Model { get; init; }
}
