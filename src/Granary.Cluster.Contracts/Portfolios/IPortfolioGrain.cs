using Granary.Contracts.Sessions;
using Granary.Contracts.Weights;
using Granary.Engine;
using Granary.Trading.Live;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// One portfolio; the key is its id and its account's. It runs the attempts of the account's <see cref="ISessionGrain"/>. It drives the
/// portfolio over the strategies' runs, which their <see cref="ILiveStrategyGrain"/>s own. It holds the account: its journal with its
/// lease, its ledger, and its open orders at the broker. The weights are in its <see cref="IWeightsGrain"/>.
/// </summary>
[Alias("granary.IPortfolioGrain")]
internal interface IPortfolioGrain : IGrainWithStringKey
{
    /// <summary>Acquires the account's lease for the next attempt, and ends an earlier attempt.</summary>
    /// <exception cref="InputException">The journal belongs to a different configuration or broker.</exception>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:01:00"), Alias("Open")]
    Task OpenAsync(SessionStart start);

    /// <summary>Releases an account that was opened for an attempt which does not begin.</summary>
    [Alias("Close")]
    Task CloseAsync();

    /// <summary>
    /// Starts an attempt to run the session, in place of one of an earlier epoch. Returns before the account is open. Does nothing if the
    /// attempt's epoch is not higher than the current one.
    /// </summary>
    [AlwaysInterleave, Alias("Run")]
    Task RunAsync(SessionAttempt attempt);

    /// <summary>
    /// Stops an attempt, which gives up the account, and moves this grain to the silo that is prepared for the next attempt. Returns when
    /// the account is free. Does nothing if this activation does not run the attempt.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:05:00"), Alias("Leave")]
    Task LeaveAsync(long epoch, SiloAddress successor);

    /// <summary>Returns the state of an attempt; null if it is not the last one that this activation started.</summary>
    [AlwaysInterleave, Alias("State")]
    Task<AttemptState?> StateAsync(long epoch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Queues a command for the session's attempts. It answers when the command is in the journal, or after about 20 s without a journal.
    /// </summary>
    /// <param name="run">Id of the session's run.</param>
    /// <returns>Whether it is in the journal.</returns>
    [AlwaysInterleave, Alias("Send")]
    Task<bool> SendAsync(string run, IssuedCommand command);

    /// <summary>Answers the waiting commands after the session's end was stored.</summary>
    /// <param name="run">Id of the session's run.</param>
    [AlwaysInterleave, Alias("End")]
    Task EndAsync(string run);

    /// <summary>Returns the current state of a strategy of the running attempt, from the strategy's grain.</summary>
    /// <returns>null if no attempt owns the strategy.</returns>
    [AlwaysInterleave, Alias("OwnedStrategy")]
    Task<SessionStrategy?> OwnedStrategyAsync(string strategy, CancellationToken cancellationToken = default);

    /// <summary>Stops a strategy of the running attempt through its grain; see <see cref="ILiveStrategyGrain.StopAsync"/>.</summary>
    /// <inheritdoc cref="OwnedStrategyAsync"/>
    [AlwaysInterleave, Alias("StopOwnedStrategy")]
    Task<SessionStrategy?> StopOwnedStrategyAsync(string strategy, string who, string why);

    /// <summary>Notifies the running attempt of a new version of the weights, in force from the next bar on.</summary>
    [AlwaysInterleave, Alias("WeightsSet")]
    Task WeightsSetAsync(PortfolioWeights weights);
}

/// <param name="Weights">The new version; null if another caller had set one before.</param>
/// <param name="Current">The current version.</param>
[GenerateSerializer, Immutable, Alias("granary.WeightsAnswer")]
internal sealed record WeightsAnswer([property: Id(0)] PortfolioWeights? Weights, [property: Id(1)] long Current);
