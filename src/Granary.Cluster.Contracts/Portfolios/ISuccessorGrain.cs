using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// Prepares one account's session on one silo, while another silo still trades the account. The key is <c>account|silo</c>, and the grain
/// is always placed on that silo.
/// </summary>
[Alias("granary.ISuccessorGrain")]
internal interface ISuccessorGrain : IGrainWithStringKey
{
    /// <summary>
    /// Prepares an attempt; returns when it has caught up with the account's journal. The account's <see cref="IPortfolioGrain"/> on this
    /// silo runs it when the session's turn comes. An attempt that is not run within two minutes ends.
    /// </summary>
    /// <exception cref="SiloUnavailableException">The silo is shutting down, or trades the account.</exception>
    [AlwaysInterleave, ResponseTimeout("01:00:00"), Alias("Prepare")]
    Task PrepareAsync(SessionAttempt attempt, CancellationToken cancellationToken = default);
}
