using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;

namespace Granary.Trading.Live;

/// <summary>
/// The services that a session needs from its host: this process (<see cref="LocalEnvironment"/>) or a cluster.
/// </summary>
internal interface ISessionEnvironment
{
    /// <summary>Receives the operator's commands and shows the status.</summary>
    ISessionControl Control { get; }

    /// <summary>The service of new weights; null = the weights of the configuration stay.</summary>
    IWeightsService? Weights { get; }

    /// <summary>Shows single strategies of the running session; null = they are not shown.</summary>
    SessionStrategies? Strategies { get; }

    /// <summary>Prepares the session while another one still trades the account; null if the account is free.</summary>
    AccountTakeover? Takeover => null;

    /// <summary>Whether another process or silo continues the session when this one is cancelled, so it writes no report.</summary>
    bool IsLeft => false;

    /// <summary>
    /// Opens the account's journal, which takes its lease. With <see cref="Takeover"/> the journal is only read, and the session takes
    /// the lease later.
    /// </summary>
    /// <param name="account">The account's name.</param>
    /// <exception cref="Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Data.Journals.JournalException">The journal cannot be reached.</exception>
    Task<TradingAccount> OpenAccountAsync(Production production, string account, CancellationToken cancellationToken);

    /// <summary>Opens the feed in the request.</summary>
    /// <param name="markets">The required markets, with their start.</param>
    /// <exception cref="BarDataException">The feed does not exist, does not have a market, or has no bars after the start.</exception>
    Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken);
}
