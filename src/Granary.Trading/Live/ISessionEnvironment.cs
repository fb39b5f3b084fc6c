using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;

namespace Granary.Trading.Live;

/// <summary>
/// Where a session is: what it needs of its surroundings. This process is one (<see cref="LocalEnvironment"/>), a cluster is another.
/// </summary>
public interface ISessionEnvironment
{
    /// <summary>Where the operator's commands come from and the status goes to.</summary>
    ISessionControl Control { get; }

    /// <summary>Where new weights come from; null = they stay those of the configuration.</summary>
    IWeightsService? Weights { get; }

    /// <summary>Where single strategies are asked for; null = nowhere.</summary>
    SessionStrategies? Strategies { get; }

    /// <summary>Opens the account's journal, and with it takes its lease.</summary>
    /// <param name="account">Its name.</param>
    /// <exception cref="Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Data.Journals.JournalException">The journal cannot be reached.</exception>
    Task<IOrderGateway> OpenGatewayAsync(Production production, string account, CancellationToken cancellationToken);

    /// <summary>Opens the feed that the request names.</summary>
    /// <param name="markets">What is wanted of it, and from when on.</param>
    /// <exception cref="BarDataException">There is no such feed, it does not have a market, or nothing from then on.</exception>
    Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken);
}
