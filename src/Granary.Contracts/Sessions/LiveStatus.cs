using System.Text.Json.Serialization;

namespace Granary.Contracts.Sessions;

/// <summary>The state of a session that runs.</summary>
public enum LiveState : byte
{
    WarmingUp,
    CatchingUp,
    Trading,
    Paused,
    WaitingForJournal,
    WaitingForVenue,
    WaitingForFeed,
    Ended,
}

/// <summary>Strategies whose factors have had too few bars for a first value.</summary>
/// <param name="Strategies">How many.</param>
/// <param name="Bars">What the strategy has had that needs the most.</param>
/// <param name="Needed">What it needs.</param>
public sealed record WarmUpStanding(int Strategies, long Bars, int Needed);

/// <summary>The status of a session.</summary>
/// <param name="Timestamp">Market time reached, UTC.</param>
/// <param name="ModelEquity">Of the session's own portfolio, with the strategies' simulated fills.</param>
/// <param name="AccountEquity">Of the account, with the venue's fills, at the last closes.</param>
/// <param name="Positions">Signed base units by symbol.</param>
/// <param name="Unknown">Orders whose standing at the venue is not known.</param>
/// <param name="Differences">Between our books and the venue's, found so far.</param>
/// <param name="WeightsVersion">0 = those of the configuration.</param>
/// <param name="LatencyP50">
/// From the bar's arrival to its last order at the venue, microseconds, median; NaN before the first order.
/// </param>
public sealed record LiveStatus(
    LiveState State, [property: JsonPropertyName("instant")] DateTime Timestamp, long Bars, int Strategies, int Failed, double ModelEquity,
        double AccountEquity, double AccountCash,
    double AccountFees,
    IReadOnlyDictionary<string, double> Positions, int OpenTrades, long Signals, long Accepted, long OrdersSent, int Fills, int Rejected,
    int Unknown, int Differences,
    long WeightsVersion, string? JournalFault, string? VenueFault,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double LatencyP50,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double LatencyP99, IReadOnlyList<string> Notes)
{
    /// <summary>Fills of stops, targets and trailing stops at the venue in this session, by leg.</summary>
    public IReadOnlyDictionary<string, int> Hits { get; init; } = new Dictionary<string, int>();

    /// <summary>Why the operator's last command changed nothing; null where it did.</summary>
    public string? CommandFault { get; init; }

    /// <summary>Why the feed brings no bars although there may be some; null where nothing is wrong.</summary>
    public string? FeedFault { get; init; }

    /// <summary>Strategies that make no signals yet, since their factors have had too few bars; null where all have had enough.</summary>
    public WarmUpStanding? WarmingUp { get; init; }

    /// <summary>The last sign of life of the session's process, UTC; it gives one each second.</summary>
    public DateTimeOffset SeenAt { get; init; }

    /// <summary>The machine of that process.</summary>
    public string Machine { get; init; } = "";

    /// <summary>Its id there.</summary>
    public int Process { get; init; }

    /// <summary>Open trades, orders, limits, profit by day and week.</summary>
    public AccountDetails Account { get; init; } = new();
}
