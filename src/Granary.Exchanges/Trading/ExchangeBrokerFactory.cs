using Granary.Data.Brokers;
using Granary.Engine.Brokerage;

namespace Granary.Exchanges.Trading;

/// <summary>Base class for the broker factory of one market of an exchange. Derived classes declare the options.</summary>
internal abstract class ExchangeBrokerFactory : IBrokerFactory
{
    private readonly ExchangeMarket _market;
    private readonly VenueSettings _settings;

    private protected ExchangeBrokerFactory(ExchangeMarket market, VenueSettings settings)
    {
        (_market, _settings) = (market, settings);
        VenueOptions.Endpoint(settings.Endpoint, market.Home);
    }

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities => _market.Capabilities;

    /// <inheritdoc/>
    public async Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
        await VenueBroker.ConnectAsync(_market.Open(_settings, environment.Clock), _settings, environment, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<BrokerCheck?> CheckAsync(IReadOnlyList<string> symbols, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        await using var venue = _market.Open(_settings, clock);
        return await VenueCheck.RunAsync(venue, symbols, cancellationToken).ConfigureAwait(false);
    }
}
