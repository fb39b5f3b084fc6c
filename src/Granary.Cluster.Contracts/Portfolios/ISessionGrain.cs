using Granary.Contracts.Sessions;
using Granary.Contracts.Weights;
using Granary.Engine;
using Granary.Trading.Live;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// The live session of one account; the key is the account's name. It stores the session's start and result, passes commands on, and
/// ends the session. The account's <see cref="IPortfolioGrain"/> runs the session, with a new attempt after each loss. Answers are
/// durable.
/// </summary>
/// <remarks>
/// An attempt outlives the loss of this grain: the next activation finds it by its epoch. It is lost if the portfolio's grain does not know
/// its epoch; the next attempt has a higher one. One attempt at a time has the account, since it holds the lease of the journal.
/// </remarks>
[Alias("granary.ISessionGrain")]
internal interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Starts a live session. The answer comes when the account's lease is held.</summary>
    /// <exception cref="InputException">The configuration or an option is wrong, or validation checks failed or
    /// are missing.</exception>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:02:00"), Alias("Start")]
    Task<SessionView> StartAsync(SessionStart start);

    /// <summary>
    /// Returns the session's state; null without a session. The call also restarts a session that was lost with its silo. If the
    /// portfolio's silo does not answer within 10 s, the state is the last known one, with the reason as its fault.
    /// </summary>
    [AlwaysInterleave, Alias("Session")]
    Task<SessionView?> SessionAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns the request that started the last session; null without a session.</summary>
    [AlwaysInterleave, Alias("StartOf")]
    Task<SessionStart?> StartOfAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns the ids of the strategies that the running session trades; null without a running session.</summary>
    [AlwaysInterleave, Alias("Strategies")]
    Task<IReadOnlyList<string>?> StrategiesAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns a strategy of the running session; its grain answers, on the silo of the portfolio's grain.</summary>
    /// <returns>null without a running session, or if it has no such strategy.</returns>
    /// <exception cref="Granary.Simulation.Json.ServiceUnavailableException">The session is opening its account, or recovering from a
    /// loss. Try again later.</exception>
    [AlwaysInterleave, Alias("Strategy")]
    Task<SessionStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken = default);

    /// <summary>Stops a strategy of the running session through its grain; see <see cref="ILiveStrategyGrain.StopAsync"/>.</summary>
    /// <inheritdoc cref="StrategyAsync"/>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<SessionStrategy?> StopStrategyAsync(string strategy, string who, string why);

    /// <summary>
    /// Sends a command to the session. It answers when the command is in the journal, or after about 20 s without a journal.
    /// </summary>
    /// <returns>The session's state; null without a session.</returns>
    /// <exception cref="InputException">The session has ended.</exception>
    [AlwaysInterleave, Alias("Command")]
    Task<SessionView?> CommandAsync(IssuedCommand command);

    /// <summary>Notifies a running session of a new version of the weights, in force from the next bar on.</summary>
    [AlwaysInterleave, Alias("WeightsSet")]
    Task WeightsSetAsync(PortfolioWeights weights);

    /// <summary>
    /// Hands the session over from a silo that leaves the cluster: another silo is prepared, then the old attempt leaves the account, and
    /// the next one takes it. Returns when it trades, or when no other silo can take it.
    /// </summary>
    /// <param name="from">The silo that leaves.</param>
    /// <param name="epoch">Epoch of the attempt on that silo.</param>
    /// <returns>Whether another silo has the session.</returns>
    [AlwaysInterleave, ResponseTimeout("01:00:00"), Alias("HandOver")]
    Task<bool> HandOverAsync(SiloAddress from, long epoch, CancellationToken cancellationToken = default);

    /// <summary>Notifies the session that an attempt has ended. A lost call costs about a second, since this grain also polls.</summary>
    [AlwaysInterleave, Alias("AttemptEnded")]
    Task AttemptEndedAsync(long epoch);
}
