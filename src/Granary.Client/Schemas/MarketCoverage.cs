// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>How many bars a market has on each day.</summary>
public sealed record MarketCoverage
{
    public required string Symbol { get; init; }

    public required string Timeframe { get; init; }

    /// <summary>The market's time zone, IANA.</summary>
    public required string Zone { get; init; }

    /// <summary>The UTC day of the first count.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Bars by UTC day, each day to the last bar's.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>Of a day with bars, the median.</summary>
    public required int Usual { get; init; }

    /// <summary>Days without bars on which the market usually trades.</summary>
    public required IReadOnlyList<DateOnly> Missing { get; init; }
}
