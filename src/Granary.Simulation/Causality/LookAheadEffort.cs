namespace Granary.Simulation.Causality;

/// <summary>How much the look-ahead check does.</summary>
/// <param name="Strategies">How many strategies it looks at, at least one of each class first.</param>
/// <param name="Times">Random times at which the future is changed for all of them.</param>
/// <param name="Decisions">Decisions of each strategy after which the future is changed, twice each: with a shape and its
/// complement.</param>
public sealed record LookAheadEffort(int Strategies, int Times, int Decisions)
{
    /// <summary>The most decision times of all strategies together; each class has one whatever this says.</summary>
    public int MostCuts { get; init; } = int.MaxValue;

    /// <summary>Bars of each market after a cut that are still shown; null shows all. Bars come in blocks, so that those far after a cut
    /// cannot reach what was done before it.</summary>
    public long? BarsAfter { get; init; }

    /// <summary>Whether every value of the strategies' factors is compared too, and not only what the strategies made of them.</summary>
    public bool Factors { get; init; }

    /// <summary>What <c>verify --cuts N</c> does.</summary>
    public static LookAheadEffort OfCuts(int strategies, int cuts) => new(strategies, (cuts + 1) / 2, cuts / 4) { Factors = true };
}
