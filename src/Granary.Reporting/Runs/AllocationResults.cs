using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>
/// The weight rules compared out of sample on the strategies of a batch, and the risk of the last choices in sample. Each rule divides
/// money among the strategies' own accounts at the same times. Limits of the portfolio, and the cost of moving the money, are not in it.
/// </summary>
internal sealed record AllocationResults() : ResultSection("allocations")
{
    /// <summary>The rule of the batch; null if it is not one of those compared.</summary>
    public string? Chosen { get; init; }

    /// <summary>The number of strategies, those with identical results counted once.</summary>
    public required int Strategies { get; init; }

    /// <summary>Days between two choices.</summary>
    public required double EveryDays { get; init; }

    /// <summary>The past that a choice uses in days; null if it is the complete past.</summary>
    public double? WindowDays { get; init; }

    public required int Choices { get; init; }

    /// <summary>The begin of the compared periods: the time of the first choice, UTC ticks.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public required long From { get; init; }

    /// <summary>The end of the compared periods, UTC ticks.</summary>
    [JsonConverter(typeof(TimeOfTicks))]
    public required long To { get; init; }

    /// <summary>The number of returns of each rule.</summary>
    public required int Periods { get; init; }

    /// <summary>The length of the period of a return in days.</summary>
    public required double PeriodDays { get; init; }

    /// <summary>The number of bootstrap samples behind each p-value.</summary>
    public required int Samples { get; init; }

    /// <summary>The compared rules; equal weights come first.</summary>
    public required IReadOnlyList<AllocationRow> Rules { get; init; }

    /// <summary>Risk and return of the last choices, in sample; null if the strategies have no risk then.</summary>
    public AllocationRisk? Risk { get; init; }
}

/// <summary>Figures of a rule on the periods after its choices, of a year.</summary>
/// <param name="Rule">As in <c>portfolio.weights</c>.</param>
/// <param name="Return">Compound return.</param>
/// <param name="Volatility">Standard deviation of the return.</param>
/// <param name="Sharpe">Sharpe ratio above the risk-free rate; NaN without deviation.</param>
/// <param name="MaxDrawdown">Positive.</param>
/// <param name="Turnover">Sum of the absolute changes of the weights, without the first choice.</param>
/// <param name="Invested">The mean sum of the weights; the remainder is cash.</param>
/// <param name="Holds">The mean number of strategies with a weight.</param>
internal sealed record AllocationRow(string Rule, double Return, double Volatility, double Sharpe, double MaxDrawdown, double Turnover,
    double Invested, double Holds)
{
    /// <summary>The Sharpe ratio minus the ratio of equal weights; null for equal weights.</summary>
    public double? Difference { get; init; }

    /// <summary>Standard error of the difference (Ledoit and Wolf 2008); null of equal weights.</summary>
    public double? StandardError { get; init; }

    /// <summary>Probability of so large a difference if there is none, by their bootstrap; null of equal weights.</summary>
    public double? PValue { get; init; }

    /// <summary>The p-value corrected for the number of rules (Holm 1979); null of equal weights.</summary>
    public double? Adjusted { get; init; }
}

/// <summary>Risk and return of the last choices by the returns that they were chosen from; returns and risks of a year.</summary>
/// <param name="From">The begin of these returns, UTC ticks.</param>
/// <param name="To">Their end: the time of the last choice, UTC ticks.</param>
/// <param name="Shrinkage">The share of the scaled identity in the covariance matrix.</param>
internal sealed record AllocationRisk([property: JsonConverter(typeof(TimeOfTicks))] long From,
    [property: JsonConverter(typeof(TimeOfTicks))] long To, double Shrinkage)
{
    /// <summary>Fully invested portfolios without short positions, from the smallest risk to the greatest return.</summary>
    public required IReadOnlyList<RiskPoint> Frontier { get; init; }

    /// <summary>The strategies alone.</summary>
    public required IReadOnlyList<NamedRisk> Strategies { get; init; }

    /// <summary>The last weights of each rule.</summary>
    public required IReadOnlyList<NamedRisk> Rules { get; init; }

    /// <summary>The rule whose weights <see cref="Contributions"/> shows.</summary>
    public required string Rule { get; init; }

    /// <summary>The strategies with a weight, largest contribution first.</summary>
    public required IReadOnlyList<RiskShare> Contributions { get; init; }
}

/// <summary>A portfolio of the efficient frontier.</summary>
internal sealed record RiskPoint(double Return, double Risk);

/// <summary>A strategy, or the weights of a rule.</summary>
internal sealed record NamedRisk(string Name, double Return, double Risk);

/// <summary>A strategy's weight, and its share of the portfolio's variance.</summary>
internal sealed record RiskShare(string Strategy, double Weight, double Share);
