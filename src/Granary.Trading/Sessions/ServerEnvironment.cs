using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Trading.Sessions;

/// <summary>The session environment in a server's process, with its account store, weights service and commands.</summary>
/// <param name="strategies">Shows the session's strategies to the server.</param>
/// <param name="opened">Called with the account when it is open.</param>
/// <param name="accepted">Called when the account is open and its journal was checked.</param>
/// <param name="process">Is cancelled when the process stops. The next process continues the session.</param>
internal sealed class ServerEnvironment(LiveRequest request, SessionServices services, ISessionControl control,
    SessionStrategies strategies, Action<TradingAccount> opened, Action accepted, CancellationToken process) : ISessionEnvironment
{
    /// <inheritdoc/>
    public bool IsLeft => process.IsCancellationRequested;

    /// <inheritdoc/>
    public ISessionControl Control => control;

    /// <inheritdoc/>
    public IWeightsService? Weights => services.Weights;

    /// <inheritdoc/>
    public SessionStrategies Strategies => strategies;

    /// <inheritdoc/>
    public async Task<TradingAccount> OpenAccountAsync(Production production, string account, CancellationToken cancellationToken)
    {
        var lines = new FactLine();
        var own = await TradingAccount.OpenAsync(services.Accounts, new AccountOpening
        {
            Account = account,
            Broker = request.Broker,
            Factory = request.CreateBroker(services.Catalogues.Brokers),
            Spec = production.Spec,
            Holder = "granary serve",
            OnKept = services.OnFact is { } log ? e =>
            {
                if (lines.OfSession(e, production.Spec.Data.Timeframe) is { } line) log(account, line);
            }
            : null,
        }, services.Clock, cancellationToken).ConfigureAwait(false);
        opened(own);
        return own;
    }

    /// <inheritdoc/>
    public Task<ILiveFeed> OpenFeedAsync(DataSpec data, IReadOnlyList<BarQuery> markets, CancellationToken cancellationToken)
    {
        accepted();
        return LocalEnvironment.OpenFeedAsync(request, services.Catalogues, data, markets, services.Clock, cancellationToken);
    }
}
