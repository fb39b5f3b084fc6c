using System.Text.Json.Serialization;
using Granary.Contracts.Sessions;
using Granary.Simulation.Weights;

namespace Granary.Trading.Live;

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
