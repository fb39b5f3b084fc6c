using Granary.Contracts.Sessions;
using Granary.Contracts.Weights;
using Granary.Trading.Live;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// One portfolio; the key is its id and its account's. For the <see cref="ISessionGrain"/> of the account it runs an attempt of the live
/// session: it drives the portfolio over the strategies' runs, which their <see cref="ILiveStrategyGrain"/>s own, and has the account:
/// its journal with its lease, its ledger, and its open orders at the broker. Its weights are in its <see cref="IWeightsGrain"/>.
/// </summary>
[Alias("granary.IPortfolioGrain")]
public interface IPortfolioGrain : IGrainWithStringKey
{
    /// <summary>Takes the account's lease for the next attempt, and ends an earlier one.</summary>
    /// <exception cref="Granary.Simulation.Json.InputException">The journal belongs to another configuration or broker.</exception>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:01:00"), Alias("Open")]
    Task OpenAsync(SessionStart start);

    /// <summary>Releases an account that was opened for an attempt which does not begin.</summary>
    [Alias("Close")]
    Task CloseAsync();

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
    /// <returns>Whether it is in the journal.</returns>
    [AlwaysInterleave, Alias("Send")]
    Task<bool> SendAsync(string run, SessionOrder order);

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
}

/// <param name="Weights">The new version; null if another one was first.</param>
/// <param name="Current">The current version.</param>
[GenerateSerializer, Immutable, Alias("granary.WeightsAnswer")]
public sealed record WeightsAnswer([property: Id(0)] PortfolioWeights? Weights, [property: Id(1)] long Current);
