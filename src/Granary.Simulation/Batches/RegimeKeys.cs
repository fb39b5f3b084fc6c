using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>regimes</c>.</summary>
internal sealed record RegimeKeys
{
    [Key("state machines, each with states of its own", Without = "required")]
    public required IReadOnlyList<RegimeMachineKeys> Machines { get; init; }

    [Key("rules that combine their states; the first that matches counts", Without = "all combinations are states")]
    public IReadOnlyList<RegimeRuleKeys> Rules { get; init; } = [];

    [Key("the combined state if no rule matches")]
    public string Otherwise { get; init; } = "neutral";
}

/// <summary>The keys of a machine: with <c>enterPercent</c>, with <c>steps</c>, or with <c>hiddenMarkov</c>.</summary>
internal sealed record RegimeMachineKeys
{
    [Key("its name in rules and factors", Without = "required")]
    public required string Name { get; init; }

    [Key("the factor that it watches", Without = "required without `hiddenMarkov`")]
    public string? Measure { get; init; }

    [Key("the factor from which the distance in percent is taken", Without = "the measure itself")]
    public string? Against { get; init; }

    [Key("beyond it the state is `bullish`, below its negative `bearish`, otherwise `neutral`", Without = "required without `steps`"),
        Range(0, 1000)]
    public double? EnterPercent { get; init; }

    [Key("within it the state is left", Without = "0"), Range(0, 1000)]
    public double? LeavePercent { get; init; }

    [Key("names of its own, lowest first, with `steps` between them", Without = "none")]
    public IReadOnlyList<string> States { get; init; } = [];

    [Key("one step between two states: up at or above `up`, down below `down`", Without = "none")]
    public IReadOnlyList<RegimeStepKeys> Steps { get; init; } = [];

    [Key("least bars in a state"), Range(1, int.MaxValue)]
    public int Dwell { get; init; } = 1;

    [Key("a hidden Markov model that is fitted on past bars", Without = "none")]
    public HiddenMarkovKeys? HiddenMarkov { get; init; }
}

/// <summary>The keys of a step of a machine.</summary>
internal sealed record RegimeStepKeys
{
    [Key("the measure at which the state rises")]
    public required double Up { get; init; }

    [Key("the measure below which it falls back")]
    public required double Down { get; init; }
}

/// <summary>The keys of a hidden Markov machine.</summary>
internal sealed record HiddenMarkovKeys
{
    [Key("lowest mean return first", Without = "`[\"down\", \"up\"]`")]
    public IReadOnlyList<string> States { get; init; } = [];

    [Key("bars on which it is fitted"), Range(1, 1_000_000)]
    public int Window { get; init; } = 500;

    [Key("bars between two fits"), Range(1, int.MaxValue)]
    public int Refit { get; init; } = 50;
}

/// <summary>The keys of a rule.</summary>
internal sealed record RegimeRuleKeys
{
    [Key("states by machine, which all must hold")]
    public required IReadOnlyDictionary<string, string> When { get; init; }

    [Key("the combined state")]
    public required string State { get; init; }
}
