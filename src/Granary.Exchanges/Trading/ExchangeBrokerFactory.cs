using Granary.Data.Brokers;
using Granary.Engine.Brokerage;

namespace Granary.Exchanges.Trading;

/// <summary>The factory of one market of an exchange. A derived class names the options.</summary>
public abstract class ExchangeBrokerFactory : IBrokerFactory
{
    private readonly VenueSettings _settings;

    private protected ExchangeBrokerFactory(VenueSettings settings, BrokerCapabilities capabilities) =>
        (_settings, Capabilities) = (settings, capabilities);

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities { get; }

    /// <summary>Opens the market with the API key of the environment.</summary>
    /// <exception cref="BrokerInputException">The environment has no key.</exception>
    private protected abstract IVenue Open(TimeProvider clock);

    /// <inheritdoc/>
    public async Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
        await VenueBroker.ConnectAsync(Open(environment.Clock), _settings, environment, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<BrokerCheck?> CheckAsync(IReadOnlyList<string> symbols, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        await using var venue = Open(clock);
        return await VenueCheck.RunAsync(venue, symbols, cancellationToken).ConfigureAwait(false);
    }
}
