using Granary.Cluster.Accounts;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Accounts;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Portfolios;
using Granary.Contracts.Weights;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// The session environment in the cluster: the order grain, the feed grain, and the portfolio grain's weights and commands.
/// </summary>
/// <param name="strategies">Owned by their grains.</param>
/// <param name="opened">Called with the order gateway when the account is open.</param>
internal sealed class ClusterEnvironment(IGrainFactory grains, SessionAttempt attempt, ISessionControl control, IWeightsService weights,
    SessionStrategies strategies, Action<RemoteOrderGateway> opened) : ISessionEnvironment
{
    public ISessionControl Control => control;

    public IWeightsService? Weights => weights;

    public SessionStrategies Strategies => strategies;

    public async Task<IOrderGateway> OpenGatewayAsync(Production production, string account, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IOrderGrain>(attempt.Account);
        var gateway = new RemoteOrderGateway(grain, attempt.Epoch, production.Spec.Cash,
            await grain.OpenAsync(attempt.Epoch, attempt.Start).WaitAsync(cancellationToken).ConfigureAwait(false));
        opened(gateway);
        return gateway;
    }

    public async Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<ILiveFeedGrain>(attempt.Account);
        var header = await grain.OpenAsync(attempt.Epoch, attempt.Start, markets[0].From, markets[0].To).WaitAsync(cancellationToken)
            .ConfigureAwait(false);
        if (header.Fault is { } fault) throw header.MayPass ? new BarStoreException(fault) : new BarDataException(fault);
        return new RemoteFeed(grain, attempt.Epoch, header);
    }
}

/// <summary>The current weights for the session; they change through the grain.</summary>
internal sealed class CurrentWeights : IWeightsService
{
    private volatile PortfolioWeights? _newest;

    public PortfolioWeights? Newest
    {
        get => _newest;
        private set => _newest = value;
    }

    /// <summary>Takes a version in; one that is older than the newest changes nothing.</summary>
    public void Take(PortfolioWeights? weights)
    {
        if (weights is not null && weights.Version > (Newest?.Version ?? 0)) Newest = weights;
    }

    public ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default) => new(_newest);

    public ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights,
        string who, string why, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("weights are changed through the portfolio's grain");

    public ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default) =>
        new(_newest is { } newest ? [newest] : []);
}
