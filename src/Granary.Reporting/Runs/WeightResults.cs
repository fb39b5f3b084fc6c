using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Weights over time: what was chosen when.</summary>
public sealed record WeightResults() : ResultSection("weights")
{
    public required string Rule { get; init; }

    /// <summary>Null where a learned policy decides, at times of its own.</summary>
    public double? EveryDays { get; init; }

    /// <summary>The stretch that the rule looks back on; null where it is the whole past, or a policy decides.</summary>
    public double? WindowDays { get; init; }

    public required int Choices { get; init; }

    /// <summary>The first choices.</summary>
    public required IReadOnlyList<WeightStepRow> History { get; init; }

    /// <summary>The weights in each state of the regimes; null where they do not depend on them.</summary>
    public IReadOnlyList<StateWeightRow>? ByState { get; init; }
}

/// <param name="From">UTC ticks.</param>
/// <param name="Strategies">How many were chosen.</param>
/// <param name="New">How many of them were not chosen the time before.</param>
/// <param name="Sum">Of all weights.</param>
/// <param name="Largest">Weight; 0 where none was chosen.</param>
/// <param name="Chosen">The first of them.</param>
public sealed record WeightStepRow([property: JsonConverter(typeof(TimeOfTicks))] long From, int Strategies, int New, double Sum,
    double Largest, IReadOnlyList<StrategyWeight> Chosen);

public sealed record StrategyWeight(string Strategy, double Weight);

/// <summary>A strategy's weight in each state, by the state's name.</summary>
public sealed record StateWeightRow(string Strategy)
{
    [JsonExtensionData]
    public IDictionary<string, object> Weights { get; init; } = new Dictionary<string, object>();
}
