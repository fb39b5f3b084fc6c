using Granary.Application.Live;
using Granary.Application.Weights;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// One portfolio; the key is its id and its account's. For the <see cref="ISessionGrain"/> of the account it runs an attempt of the live
/// session: it drives the portfolio over the strategies' runs, which their <see cref="ILiveStrategyGrain"/>s own: sizing, limits, open
/// orders and positions, restored from the journal of its <see cref="Accounts.IOrderGrain"/>. Its weights are in its
/// <see cref="IWeightsGrain"/>.
/// </summary>
/// <remarks>
/// Version 2 gave the session its own grain. The operations for callers of the previous version, and those by which the grains of weights
/// and session take over what this grain stored, are removed by the next version.
/// </remarks>
[Version(2), Alias("granary.IPortfolioGrain")]
public interface IPortfolioGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins an attempt to run the session; it replaces one of an earlier epoch. The answer does not wait for the account. An attempt that
    /// is known, or older than the current one, is not begun.
    /// </summary>
    [AlwaysInterleave, Alias("Run")]
    Task RunAsync(SessionAttempt attempt);

    /// <summary>Returns how an attempt stands; null if this activation has not begun it, or has another one.</summary>
    [AlwaysInterleave, Alias("Standing")]
    Task<AttemptStanding?> StandingAsync(long epoch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Queues a command for the session's attempts. It answers when the command is in the journal, or after about 20 s without a journal.
    /// </summary>
    /// <param name="run">Id of the session's run.</param>
    [AlwaysInterleave, Alias("Send")]
    Task SendAsync(string run, SessionOrder order);

    /// <summary>The session's end is stored: commands that still wait are answered.</summary>
    /// <param name="run">Id of the session's run.</param>
    [AlwaysInterleave, Alias("End")]
    Task EndAsync(string run);

    /// <summary>Asks the grain of a strategy of the running attempt.</summary>
    /// <returns>null if no attempt owns the strategy.</returns>
    [AlwaysInterleave, Alias("OwnedStrategy")]
    Task<SessionStrategy?> OwnedStrategyAsync(string strategy, CancellationToken cancellationToken = default);

    /// <summary>Has the grain of a strategy of the running attempt stop it; see <see cref="ILiveStrategyGrain.StopAsync"/>.</summary>
    /// <inheritdoc cref="OwnedStrategyAsync"/>
    [AlwaysInterleave, Alias("StopOwnedStrategy")]
    Task<SessionStrategy?> StopOwnedStrategyAsync(string strategy, string who, string why);

    /// <summary>Notifies the running attempt of a new version of the weights, in force from the next bar on.</summary>
    [AlwaysInterleave, Alias("WeightsSet")]
    Task WeightsSetAsync(PortfolioWeights weights);

    /// <summary>
    /// Returns the session that this grain kept before there was a grain for sessions; without a start if it has none, or after
    /// <see cref="SessionTakenAsync"/>. A silo of the previous version that runs it hands its account over.
    /// </summary>
    [AlwaysInterleave, Alias("EarlierSession")]
    Task<SessionRecord> EarlierSessionAsync(CancellationToken cancellationToken = default);

    /// <summary>The session's grain has stored this session: it is removed here, apart from its epoch.</summary>
    [AlwaysInterleave, Alias("SessionTaken")]
    Task SessionTakenAsync();

    /// <summary>
    /// Returns the versions that this grain kept before there was a grain for weights, newest first; empty after
    /// <see cref="WeightsTakenAsync"/>.
    /// </summary>
    [AlwaysInterleave, Alias("EarlierWeights")]
    Task<IReadOnlyList<PortfolioWeights>> EarlierWeightsAsync(CancellationToken cancellationToken = default);

    /// <summary>The weights' grain has stored these versions: they are removed here.</summary>
    [AlwaysInterleave, Alias("WeightsTaken")]
    Task WeightsTakenAsync();

    /// <summary>Asks the weights' grain, for callers of the previous version.</summary>
    /// <returns>The current version; null if none was set.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<PortfolioWeights?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the weights' grain for all versions, newest first, for callers of the previous version.</summary>
    [AlwaysInterleave, Alias("History")]
    Task<IReadOnlyList<PortfolioWeights>> HistoryAsync(CancellationToken cancellationToken = default);

    /// <summary>Has the weights' grain set a new version, for callers of the previous version.</summary>
    [Alias("Set")]
    Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why);

    /// <summary>Has the session's grain start a session, for callers of the previous version.</summary>
    /// <inheritdoc cref="ISessionGrain.StartAsync"/>
    [ResponseTimeout("00:02:00"), Alias("Start")]
    Task<SessionView> StartAsync(SessionStart start);

    /// <summary>Asks the session's grain, for callers of the previous version.</summary>
    /// <inheritdoc cref="ISessionGrain.SessionAsync"/>
    [AlwaysInterleave, Alias("Session")]
    Task<SessionView?> SessionAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the session's grain, for callers of the previous version.</summary>
    /// <inheritdoc cref="ISessionGrain.StrategiesAsync"/>
    [AlwaysInterleave, Alias("Strategies")]
    Task<IReadOnlyList<string>?> StrategiesAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the session's grain, for callers of the previous version.</summary>
    /// <inheritdoc cref="ISessionGrain.StrategyAsync"/>
    [AlwaysInterleave, Alias("Strategy")]
    Task<SessionStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken = default);

    /// <summary>Has the session's grain stop a strategy, for callers of the previous version.</summary>
    /// <inheritdoc cref="ISessionGrain.StopStrategyAsync"/>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<SessionStrategy?> StopStrategyAsync(string strategy, string who, string why);

    /// <summary>Sends a command through the session's grain, for callers of the previous version.</summary>
    /// <inheritdoc cref="ISessionGrain.CommandAsync"/>
    [AlwaysInterleave, Alias("Command")]
    Task<SessionView?> CommandAsync(SessionOrder order);
}

/// <param name="Weights">The new version; null if another one was first.</param>
/// <param name="Current">The current version.</param>
[GenerateSerializer, Immutable, Alias("granary.WeightsAnswer")]
public sealed record WeightsAnswer([property: Id(0)] PortfolioWeights? Weights, [property: Id(1)] long Current);
