// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A limit of the portfolio, and what the account's positions use of it at the last closes.</summary>
public sealed record LimitUse
{
    /// <summary>Its key in `portfolio.limits`.</summary>
    public required string Limit { get; init; }

    /// <summary>In the limit's own unit: trades, or percent of the account's equity.</summary>
    public required double Used { get; init; }

    public required double Allowed { get; init; }

    /// <summary>The symbol or strategy that uses most; null where the limit is about the whole account.</summary>
    public string? About { get; init; }
}
