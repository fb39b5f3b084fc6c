namespace Granary;

/// <summary>The keys of a batch's <c>regimes.machines.steps</c>.</summary>
public sealed record BatchMachineStep
{
    /// <summary>The measure at which the state rises.</summary>
    public required double Up { get; init; }

    /// <summary>The measure below which it falls back.</summary>
    public required double Down { get; init; }
}
