namespace Granary.Simulation.Weights;

/// <summary>Another caller has changed the weights in the meantime.</summary>
/// <param name="current">The version in force; 0 = no weights have been set.</param>
internal sealed class StaleWeightsException(string portfolio, long expected, long current)
    : Exception(current == 0
        ? $"portfolio {portfolio} has no weights yet, so version {expected} cannot be replaced"
        : expected == 0
            ? $"portfolio {portfolio} has weights already, in version {current}"
            : $"portfolio {portfolio} is in version {current}, not {expected}; read it again and decide again")
{
    public long Current { get; } = current;
}
