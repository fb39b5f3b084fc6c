using Granary.Application.Live;
using Granary.Application.Weights;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// One portfolio; the key is its id and its account's. During a live session it drives the portfolio over the strategies' runs, which
/// their <see cref="ILiveStrategyGrain"/>s own: sizing, limits, open orders and positions, restored from the journal of its
/// <see cref="Accounts.IOrderGrain"/>. Its weights are in its <see cref="IWeightsGrain"/>. Answers are durable.
/// </summary>
[Version(1), Alias("granary.IPortfolioGrain")]
public interface IPortfolioGrain : IGrainWithStringKey
{
    /// <summary>Asks the weights' grain, for callers of the previous version; the next version removes it.</summary>
    /// <returns>The current version; null if none was set.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<PortfolioWeights?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the weights' grain for all versions, newest first, for callers of the previous version.</summary>
    [AlwaysInterleave, Alias("History")]
    Task<IReadOnlyList<PortfolioWeights>> HistoryAsync(CancellationToken cancellationToken = default);

    /// <summary>Has the weights' grain set a new version, for callers of the previous version.</summary>
    [Alias("Set")]
    Task<WeightsAnswer> SetAsync(long expectedVersion, IReadOnlyDictionary<string, double> weights, string who, string why);

    /// <summary>
    /// Returns the versions that this grain kept before there was a grain for weights, newest first; empty after
    /// <see cref="WeightsTakenAsync"/>.
    /// </summary>
    [AlwaysInterleave, Alias("EarlierWeights")]
    Task<IReadOnlyList<PortfolioWeights>> EarlierWeightsAsync(CancellationToken cancellationToken = default);

    /// <summary>The weights' grain has stored these versions: they are removed here.</summary>
    [AlwaysInterleave, Alias("WeightsTaken")]
    Task WeightsTakenAsync();

    /// <summary>Notifies a running session of a new version, in force from the next bar on.</summary>
    [AlwaysInterleave, Alias("WeightsSet")]
    Task WeightsSetAsync(PortfolioWeights weights);

    /// <summary>Starts a live session. The answer comes when the account's lease is held.</summary>
    /// <exception cref="Granary.Application.Json.InputException">The configuration or an option is wrong, or validation checks failed or
    /// are missing.</exception>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:02:00"), Alias("Start")]
    Task<SessionView> StartAsync(SessionStart start);

    /// <summary>
    /// Returns the session's state; null without a session. The call also restarts a session that was lost with its silo.
    /// </summary>
    [AlwaysInterleave, Alias("Session")]
    Task<SessionView?> SessionAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns the ids of the strategies that the running session trades; null without a running session.</summary>
    [AlwaysInterleave, Alias("Strategies")]
    Task<IReadOnlyList<string>?> StrategiesAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the grain of a strategy of the running session, which is on the same silo.</summary>
    /// <returns>null without a running session, or if it has no such strategy.</returns>
    /// <exception cref="Granary.Application.Jobs.ServiceUnavailableException">The session opens its account or comes back from a
    /// loss.</exception>
    [AlwaysInterleave, Alias("Strategy")]
    Task<SessionStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken = default);

    /// <summary>Has the grain of a strategy stop it; see <see cref="ILiveStrategyGrain.StopAsync"/>.</summary>
    /// <inheritdoc cref="StrategyAsync"/>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<SessionStrategy?> StopStrategyAsync(string strategy, string who, string why);

    /// <summary>
    /// Sends a command to the session. It answers when the command is in the journal, or after about 20 s without a journal.
    /// </summary>
    /// <returns>The session's state; null without a session.</returns>
    [AlwaysInterleave, Alias("Command")]
    Task<SessionView?> CommandAsync(SessionOrder order);
}

/// <param name="Weights">The new version; null if another one was first.</param>
/// <param name="Current">The current version.</param>
[GenerateSerializer, Immutable, Alias("granary.WeightsAnswer")]
public sealed record WeightsAnswer([property: Id(0)] PortfolioWeights? Weights, [property: Id(1)] long Current);
