using Granary.Data.Brokers;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>One market of one exchange: where it is, what it can trade, and how its adapter is made.</summary>
/// <param name="Name">As <c>--broker</c> names it: <c>kucoin-futures</c>.</param>
/// <param name="Title">The exchange's name in messages.</param>
/// <param name="Home">The exchange's own address of the REST interface.</param>
/// <param name="Budget">Weight of requests that the exchange allows, and in which time.</param>
/// <param name="Make">Makes the adapter.</param>
internal sealed record ExchangeMarket(string Name, string Title, string Home, BrokerCapabilities Capabilities,
    (int Weight, TimeSpan Period) Budget, Func<ExchangeConnection, ExchangeVenue> Make)
{
    /// <summary>The word of the environment variables of its key: all markets of an exchange share them.</summary>
    private string KeyName => Name.Split('-')[0];

    /// <summary>Whether its keys have a passphrase.</summary>
    public bool HasPassphrase { get; init; }

    /// <summary>Opens the market for an account.</summary>
    /// <param name="endpoint">Empty for the exchange's own.</param>
    /// <param name="credentials">Null for public requests alone.</param>
    /// <param name="withhold">Takes what a dry run does not send; null where everything is sent.</param>
    /// <exception cref="ArgumentException">The endpoint is no address.</exception>
    public ExchangeVenue Open(string endpoint, ApiCredentials? credentials, TimeProvider clock,
        Action<HttpRequestMessage>? withhold = null) =>
        Make(new ExchangeConnection(Name, Title, VenueOptions.Endpoint(endpoint, Home), credentials, Budget, clock)
        {
            Withhold = withhold,
        });

    /// <summary>Opens the market with the key of the environment.</summary>
    /// <exception cref="BrokerInputException">The environment has no key.</exception>
    public ExchangeVenue Open(VenueSettings settings, TimeProvider clock) =>
        Open(settings.Endpoint, ApiCredentials.Read(KeyName, HasPassphrase, Environment.GetEnvironmentVariable), clock,
            settings.DryRun ? static _ => { }
    : null);
}
