using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>The session environment in a server's process, with its account store, weights service and commands.</summary>
/// <param name="strategies">Shows the session's strategies to the server.</param>
/// <param name="opened">Called with the gateway when the account is open.</param>
/// <param name="ending">Cancelled when the process ends.</param>
/// <param name="accepted">Called when the account is open and its journal was checked.</param>
internal sealed class ServerEnvironment(LiveRequest request, SessionServices services, ISessionControl control,
    SessionStrategies strategies, Action<OrderGateway> opened, Action accepted, CancellationToken ending) : ISessionEnvironment
{
    /// <inheritdoc/>
    public CancellationToken Ending => ending;

    /// <inheritdoc/>
    public ISessionControl Control => control;

    /// <inheritdoc/>
    public IWeightsService? Weights => services.Weights;

    /// <inheritdoc/>
    public SessionStrategies Strategies => strategies;

    /// <inheritdoc/>
    public async Task<OrderGateway> OpenGatewayAsync(Production production, string account, CancellationToken cancellationToken)
    {
        var gateway = await OrderGateway.OpenAsync(services.Accounts, new AccountOpening
        {
            Account = account,
            Broker = request.Broker,
            Factory = request.CreateBroker(services.Catalogues.Brokers),
            Spec = production.Spec,
            Holder = "granary serve",
            OnKept = services.OnFact is { } log ? e =>
            {
                if (FactLine.OfSession(e, production.Spec.Data.Timeframe) is { } line) log(account, line);
            }
            : null,
        }, services.Clock, cancellationToken).ConfigureAwait(false);
        opened(gateway);
        return gateway;
    }

    /// <inheritdoc/>
    public Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken)
    {
        accepted();
        return LocalEnvironment.OpenFeedAsync(request, services.Catalogues, data, markets, services.Clock, cancellationToken);
    }
}
