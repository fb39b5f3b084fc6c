using System.Text.Json.Serialization;
using Granary.Application.Weights;

namespace Granary.Application.Live;

/// <summary>How a live session is to go.</summary>
public sealed record LiveOptions
{
    /// <summary>As it stands in the journal; also the portfolio's id in the weights service.</summary>
    public required string Account { get; init; }

    /// <summary>Where new weights come from; null = they stay those of the configuration.</summary>
    public IWeightsService? Weights { get; init; }

    /// <summary>Where the operator's commands come from and the status goes to; null = no commands.</summary>
    public ISessionControl? Control { get; init; }

    /// <summary>Who may ask for single strategies, and owns them; null = nothing does.</summary>
    public SessionStrategies? Strategies { get; init; }

    /// <summary>
    /// An entry whose bar closed longer ago than this is not sent any more: the session is catching up. null = never, as in a replay.
    /// </summary>
    public TimeSpan? EntriesWithin { get; init; }

    /// <summary>Between two synchronisations with the venue.</summary>
    public TimeSpan Synchronise { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The operator trades a configuration whose evidence does not suffice.</summary>
    public bool WithoutEvidence { get; init; }

    /// <summary>SHA-256 of the production configuration.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Whether the feed brings what happens now, and may not bring it again.</summary>
    public bool IsStream => EntriesWithin is not null;

    /// <summary>
    /// Asked in turn for the bars before the feed's first, which strategies see before the session trades, for those that were missed while
    /// it was off, and for gaps.
    /// </summary>
    public IReadOnlyList<Engine.Market.IBarSource> Past { get; init; } = [];

    /// <summary>Receives the bars that come; null = none. The session disposes of it.</summary>
    public Data.Stores.IBarStore? Keep { get; init; }

    /// <summary>
    /// Called when a stop, target or trailing stop of the account was hit at the venue, from the session's own thread. (A strategy is
    /// notified of the fills of its own simulated account, as in a backtest.)
    /// </summary>
    public Action<Engine.Brokerage.AccountTrade, Engine.Brokerage.BrokerFill>? Hit { get; init; }

    /// <summary>Receives the status after every time slice.</summary>
    public IProgress<LiveStatus>? Status { get; init; }
}

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

/// <summary>How a session stands.</summary>
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
