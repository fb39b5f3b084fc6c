namespace Granary.Application.Weights;

/// <summary>One version of a portfolio's weights, and who set it why.</summary>
/// <param name="Version">1 for the first; each change is one more.</param>
/// <param name="Weights">By strategy id; 0 = kept but not traded. Ordered by id.</param>
/// <param name="At">UTC.</param>
public sealed record PortfolioWeights(
    string Portfolio, long Version, IReadOnlyDictionary<string, double> Weights, string Who, string Why, DateTimeOffset At);

/// <summary>Somebody else changed the weights first.</summary>
/// <param name="current">Version in force; 0 = none have been set.</param>
public sealed class StaleWeightsException(string portfolio, long expected, long current)
    : Exception(current == 0
        ? $"portfolio {portfolio} has no weights yet, so version {expected} cannot be replaced"
        : expected == 0
            ? $"portfolio {portfolio} has weights already, in version {current}"
            : $"portfolio {portfolio} is in version {current}, not {expected}; read it again and decide again")
{
    public long Current { get; } = current;
}
