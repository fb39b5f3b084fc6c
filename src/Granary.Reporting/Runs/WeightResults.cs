using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Weights over time, as the weighting rule selected them.</summary>
public sealed record WeightResults() : ResultSection("weights")
{
    public required string Rule { get; init; }

    /// <summary>Days between two selections; null if a learned policy decides at its own times.</summary>
    public double? EveryDays { get; init; }

    /// <summary>The look-back window of the rule in days; null if it is the complete past, or if a policy decides.</summary>
    public double? WindowDays { get; init; }

    public required int Choices { get; init; }

    /// <summary>The first selections.</summary>
    public required IReadOnlyList<WeightStepRow> History { get; init; }

    /// <summary>The weights in each regime state; null if they do not depend on regimes.</summary>
    public IReadOnlyList<StateWeightRow>? ByState { get; init; }
}

/// <param name="From">UTC ticks.</param>
/// <param name="Strategies">The number of selected strategies.</param>
/// <param name="New">The number of strategies that the previous selection did not have.</param>
/// <param name="Sum">The sum of all weights.</param>
/// <param name="Largest">The largest weight; 0 if no strategy was selected.</param>
/// <param name="Chosen">The first of the selected strategies.</param>
public sealed record WeightStepRow([property: JsonConverter(typeof(TimeOfTicks))] long From, int Strategies, int New, double Sum,
    double Largest, IReadOnlyList<StrategyWeight> Chosen);

public sealed record StrategyWeight(string Strategy, double Weight);

/// <summary>A strategy's weight in each state, by the state's name.</summary>
public sealed record StateWeightRow(string Strategy)
{
    [JsonExtensionData]
    public IDictionary<string, object> Weights { get; init; } = new Dictionary<string, object>();
}
