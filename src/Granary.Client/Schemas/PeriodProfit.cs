// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What the account's equity changed by in a UTC day, or in a week from Monday on.</summary>
public sealed record PeriodProfit
{
    public required DateOnly From { get; init; }

    public required double Profit { get; init; }

    /// <summary>At its end.</summary>
    public required double Equity { get; init; }
}
