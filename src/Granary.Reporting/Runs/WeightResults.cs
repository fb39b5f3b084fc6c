using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Weights over time, as the weighting rule selected them.</summary>
internal sealed record WeightResults() : ResultSection("weights")
{
    public required string Rule { get; init; }

    /// <summary>Days between two selections; null if a learned policy decides at its own times.</summary>
    public double? EveryDays { get; init; }

    /// <summary>The look-back window of the rule in days; null if it is the complete past, or if a policy decides.</summary>
    public double? WindowDays { get; init; }

    public required int Choices { get; init; }

    /// <summary>The first selections.</summary>
    public required IReadOnlyList<WeightStepRow> History { get; init; }

    /// <summary>The risk of the last selection; null if the rule is not an allocation method, or selected nothing.</summary>
    public WeightRisk? Risk { get; init; }

    /// <summary>The weights in each regime state; null if they do not depend on regimes.</summary>
    public IReadOnlyList<StateWeightRow>? ByState { get; init; }
}

/// <param name="From">UTC ticks.</param>
/// <param name="Strategies">The number of selected strategies.</param>
/// <param name="New">The number of strategies that the previous selection did not have.</param>
/// <param name="Sum">The sum of all weights.</param>
/// <param name="Largest">The largest weight; 0 if no strategy was selected.</param>
/// <param name="Chosen">The first of the selected strategies.</param>
internal sealed record WeightStepRow([property: JsonConverter(typeof(TimeOfTicks))] long From, int Strategies, int New, double Sum,
    double Largest, IReadOnlyList<StrategyWeight> Chosen);

internal sealed record StrategyWeight(string Strategy, double Weight);

/// <summary>The risk of a selection by an allocation method, from the same past as the selection.</summary>
/// <param name="Periods">Number of the past returns.</param>
/// <param name="PeriodDays">Length of their periods, days.</param>
/// <param name="Return">Mean return per period of the selection.</param>
/// <param name="Volatility">Standard deviation of the return per period, by the shrunk covariance.</param>
/// <param name="Shrinkage">Share of the scaled identity in the covariance.</param>
/// <param name="Contributions">The first of the strategies, with their shares of the variance.</param>
internal sealed record WeightRisk(int Periods, double PeriodDays, double Return, double Volatility, double Shrinkage,
    IReadOnlyList<RiskContribution> Contributions);

/// <param name="Share">The strategy's share of the variance; all shares add up to 1.</param>
internal sealed record RiskContribution(string Strategy, double Weight, double Share);

/// <summary>A strategy's weight in each state, by the state's name.</summary>
internal sealed record StateWeightRow(string Strategy)
{
    [JsonExtensionData]
    public IDictionary<string, object> Weights { get; set; } = new Dictionary<string, object>();
}
