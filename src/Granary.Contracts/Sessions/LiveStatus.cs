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

/// <summary>The progress of warm-up: strategies whose factors have no value yet.</summary>
/// <param name="Strategies">The number of these strategies.</param>
/// <param name="Bars">Bars so far of the strategy with the longest warm-up.</param>
/// <param name="Needed">Bars that this strategy needs.</param>
public sealed record WarmUpProgress(int Strategies, long Bars, int Needed)
{
    /// <summary>Maximum number of strategies in <see cref="Slowest"/>.</summary>
    public const int MostNamed = 20;

    /// <summary>The feed that the missing bars come from.</summary>
    public string Feed { get; init; } = "";

    /// <summary>The strategies that miss most bars, at most 20.</summary>
    public IReadOnlyList<StrategyWarmUp> Slowest { get; init; } = [];
}

/// <summary>A strategy that gives no signals yet.</summary>
/// <param name="Strategy">Its id.</param>
/// <param name="Market">The market whose bars it waits for, as <c>SPY 1d</c>.</param>
/// <param name="Factor">Its slowest factor, which has no value yet.</param>
/// <param name="Bars">Bars that the strategy has had.</param>
/// <param name="Needed">Bars that the factor needs.</param>
public sealed record StrategyWarmUp(string Strategy, string Market, string Factor, long Bars, int Needed);

/// <summary>The status of a session.</summary>
/// <param name="Timestamp">Market time reached, UTC.</param>
/// <param name="ModelEquity">Equity of the session's own portfolio, with the strategies' simulated fills.</param>
/// <param name="AccountEquity">Equity of the account, with the venue's fills, at the last closes.</param>
/// <param name="Positions">Signed base units by symbol.</param>
/// <param name="Unknown">Number of orders whose state at the venue is unknown.</param>
/// <param name="Differences">Number of differences found so far between the account's books and the venue.</param>
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

    /// <summary>Why the operator's last command changed nothing; null if it was executed.</summary>
    public string? CommandFault { get; init; }

    /// <summary>What the last command by hand would do, if it asked for a preview; null otherwise.</summary>
    public HandPreview? Preview { get; init; }

    /// <summary>
    /// The part of the difference between account and simulated portfolio that comes from entries by hand, from stops and targets that an
    /// operator has set, and from entries of strategies that found no room beside them: the simulated portfolio has none of these.
    /// </summary>
    public double ByHand { get; init; }

    /// <summary>Why the feed delivers no bars; null if the feed works.</summary>
    public string? FeedFault { get; init; }

    /// <summary>Strategies that give no signals yet, since their factors need more bars; null if all factors have values.</summary>
    public WarmUpProgress? WarmingUp { get; init; }

    /// <summary>The number of strategies whose entries a command has stopped.</summary>
    public int Stopped { get; init; }

    /// <summary>When the session's process last wrote its status, UTC; it does so each second.</summary>
    public DateTimeOffset SeenAt { get; init; }

    /// <summary>The machine of that process.</summary>
    public string Machine { get; init; } = "";

    /// <summary>The id of that process.</summary>
    public int Process { get; init; }

    /// <summary>Open trades, orders, limits, profit by day and week.</summary>
    public AccountDetails Account { get; init; } = new();
}
