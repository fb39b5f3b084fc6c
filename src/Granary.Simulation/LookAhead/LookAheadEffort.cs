namespace Granary.Simulation.LookAhead;

/// <summary>Extent of the look-ahead check.</summary>
/// <param name="Strategies">Number of strategies to check; at least one of each class comes first.</param>
/// <param name="Times">Number of random times from which the future is perturbed for all strategies.</param>
/// <param name="Decisions">
/// Number of decisions of each strategy after which the future is perturbed. Each is tried with a shape and its complement.
/// </param>
internal sealed record LookAheadEffort(int Strategies, int Times, int Decisions)
{
    /// <summary>Maximum number of decision times of all strategies together. Each class gets at least one.</summary>
    public int MostCuts { get; init; } = int.MaxValue;

    /// <summary>
    /// Number of bars of each market to keep after a cut; null keeps all. Bars come in blocks, so bars far after a cut cannot affect
    /// decisions before it.
    /// </summary>
    public long? BarsAfter { get; init; }

    /// <summary>Whether to compare all factor values too, and not only the strategies' decisions.</summary>
    public bool Factors { get; init; }

    /// <summary>Returns the extent for <c>verify --cuts N</c>.</summary>
    public static LookAheadEffort OfCuts(int strategies, int cuts) => new(strategies, (cuts + 1) / 2, cuts / 4) { Factors = true };
}
