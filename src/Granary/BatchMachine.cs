namespace Granary;

/// <summary>The keys of a batch's <c>regimes.machines</c>.</summary>
public sealed record BatchMachine
{
    /// <summary>Its name in rules and factors.</summary>
    public required string Name { get; init; }

    /// <summary>The factor that it watches.</summary>
    public string? Measure { get; init; }

    /// <summary>The factor from which the distance in percent is taken.</summary>
    public string? Against { get; init; }

    /// <summary>Beyond it the state is bullish, below its negative bearish, otherwise neutral.</summary>
    public double? EnterPercent { get; init; }

    /// <summary>Within it the state is left.</summary>
    public double? LeavePercent { get; init; }

    /// <summary>Names of its own, lowest first, with steps between them.</summary>
    public IReadOnlyList<string>? States { get; init; }

    /// <summary>One step between two states: up at or above up, down below down.</summary>
    public IReadOnlyList<BatchMachineStep>? Steps { get; init; }

    /// <summary>Least bars in a state; default <c>1</c>.</summary>
    public int? Dwell { get; init; }

    /// <summary>A hidden Markov model that is fitted on past bars.</summary>
    public BatchHiddenMarkov? HiddenMarkov { get; init; }
}
