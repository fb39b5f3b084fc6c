// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>How a session stands.</summary>
public sealed record LiveStatus
{
    public required LiveState State { get; init; }

    /// <summary>Market time reached, UTC.</summary>
    [JsonPropertyName("instant")]
    public required DateTimeOffset Timestamp { get; init; }

    public required long Bars { get; init; }

    public required int Strategies { get; init; }

    public required int Failed { get; init; }

    /// <summary>Of the session's own portfolio, with the strategies' simulated fills.</summary>
    public required double ModelEquity { get; init; }

    /// <summary>Of the account, with the venue's fills, at the last closes.</summary>
    public required double AccountEquity { get; init; }

    public required double AccountCash { get; init; }

    public required double AccountFees { get; init; }

    /// <summary>Signed base units by symbol.</summary>
    public required IReadOnlyDictionary<string, double> Positions { get; init; }

    public required int OpenTrades { get; init; }

    public required long Signals { get; init; }

    public required long Accepted { get; init; }

    public required long OrdersSent { get; init; }

    public required int Fills { get; init; }

    public required int Rejected { get; init; }

    /// <summary>Orders whose standing at the venue is not known.</summary>
    public required int Unknown { get; init; }

    /// <summary>Between our books and the venue's, found so far.</summary>
    public required int Differences { get; init; }

    /// <summary>0 = those of the configuration.</summary>
    public required long WeightsVersion { get; init; }

    public string? JournalFault { get; init; }

    public string? VenueFault { get; init; }

    /// <summary>From the bar's arrival to its last order at the venue, microseconds, median; NaN before the first order.</summary>
    public required double LatencyP50 { get; init; }

    public required double LatencyP99 { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Fills of stops, targets and trailing stops at the venue in this session, by leg.</summary>
    public required IReadOnlyDictionary<string, int> Hits { get; init; }

    /// <summary>Why the operator's last command changed nothing; null where it did.</summary>
    public string? CommandFault { get; init; }

    /// <summary>Why the feed brings no bars although there may be some; null where nothing is wrong.</summary>
    public string? FeedFault { get; init; }

    /// <summary>Strategies that make no signals yet, since their factors have had too few bars; null where all have had enough.</summary>
    public WarmUpStanding? WarmingUp { get; init; }

    /// <summary>The last sign of life of the session's process, UTC; it gives one each second.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The machine of that process.</summary>
    public required string Machine { get; init; }

    /// <summary>Its id there.</summary>
    public required int Process { get; init; }

    /// <summary>Open trades, orders, limits, profit by day and week.</summary>
    public required AccountDetails Account { get; init; }
}
