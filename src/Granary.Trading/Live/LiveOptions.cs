using System.Text.Json.Serialization;
using Granary.Contracts.Sessions;
using Granary.Simulation.Weights;

namespace Granary.Trading.Live;

/// <summary>Options of a live session in its host.</summary>
internal sealed record LiveOptions
{
    /// <summary>The account's name in the journal, which is also the portfolio's id in the weights service.</summary>
    public required string Account { get; init; }

    /// <summary>The feed, as messages name it.</summary>
    public string Feed { get; init; } = "";

    /// <summary>The service of new weights; null = the weights of the configuration stay.</summary>
    public IWeightsService? Weights { get; init; }

    /// <summary>Receives the operator's commands and shows the status; null = no commands.</summary>
    public ISessionControl? Control { get; init; }

    /// <summary>Shows single strategies of the session, and determines their owners; null = none.</summary>
    public SessionStrategies? Strategies { get; init; }

    /// <summary>
    /// Entries of bars that closed longer ago are not sent, because the session is catching up. Null = no limit, as in a replay.
    /// </summary>
    public TimeSpan? EntriesWithin { get; init; }

    /// <summary>The interval between two reconciliations with the venue.</summary>
    public TimeSpan ReconcileEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the operator trades the configuration despite insufficient validation checks.</summary>
    public bool WithoutEvidence { get; init; }

    /// <summary>SHA-256 of the production configuration.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Whether the feed is live, so it may not repeat bars.</summary>
    public bool IsStream => EntriesWithin is not null;

    /// <summary>
    /// Sources, in order, of the bars before the feed's first (for warm-up), of those missed while the session was off, and of gaps.
    /// </summary>
    public IReadOnlyList<Engine.Market.IBarSource> Past { get; init; } = [];

    /// <summary>Markets whose bars differ between journal and feed, which the operator accepted, each with the difference.</summary>
    public IReadOnlyList<(string Symbol, string Difference)> Changed { get; init; } = [];

    /// <summary>Receives the feed's bars; null = none. The session disposes of it.</summary>
    public Data.Stores.IBarStore? Keep { get; init; }

    /// <summary>
    /// Called on the session's own thread when a stop, target or trailing stop of the account was hit at the venue. (A strategy is notified
    /// of the fills of its own simulated account, as in a backtest.)
    /// </summary>
    public Action<Engine.Brokerage.AccountTrade, Engine.Brokerage.BrokerFill>? Hit { get; init; }

    /// <summary>Prepares the session while another one still trades the account; null if this one has it.</summary>
    public AccountTakeover? Takeover { get; init; }

    /// <summary>Called when the session has its account, before it trades.</summary>
    public Func<CancellationToken, Task>? Begins { get; init; }

    /// <summary>The machine of the session, in its journal and status.</summary>
    public string Machine { get; init; } = Environment.MachineName;

    /// <summary>The process id of the session, in its journal and status.</summary>
    public int Process { get; init; } = Environment.ProcessId;

    /// <summary>Receives the status after every time slice.</summary>
    public IProgress<LiveStatus>? Status { get; init; }
}
