using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Feeds;

namespace Granary.Exchanges.Trading;

/// <summary>One market of an exchange: its address, its capabilities and the factory of its adapter.</summary>
/// <param name="Name">The name in <c>--broker</c>, such as <c>kucoin-futures</c>.</param>
/// <param name="Title">The exchange's name in messages.</param>
/// <param name="Home">The address of the exchange's own REST API.</param>
/// <param name="Budget">The rate limit: the request weight per time.</param>
/// <param name="Make">Creates the adapter.</param>
internal sealed record ExchangeMarket(string Name, string Title, string Home, BrokerCapabilities Capabilities,
    (int Weight, TimeSpan Period) Budget, Func<ExchangeConnection, ExchangeVenue> Make)
{
    /// <summary>The part of the environment variables' names that identifies the exchange; its markets share the key.</summary>
    private string KeyName => Name.Split('-')[0];

    /// <summary>Whether the exchange's keys have a passphrase.</summary>
    public bool HasPassphrase { get; init; }

    /// <summary>The protocol of its live feed of bars; null if it has none.</summary>
    public ExchangeProtocol? Feed { get; init; }

    /// <summary>Opens the market for an account.</summary>
    /// <param name="endpoint">Empty for the exchange's own.</param>
    /// <param name="credentials">Null for public requests alone.</param>
    /// <param name="withhold">Takes what a dry run does not send; null where everything is sent.</param>
    /// <exception cref="ArgumentException">The endpoint is not an address.</exception>
    public ExchangeVenue Open(string endpoint, ApiCredentials? credentials, TimeProvider clock,
        Action<HttpRequestMessage>? withhold = null) =>
        Make(new ExchangeConnection(Name, Title, VenueOptions.Endpoint(endpoint, Home), credentials, Budget, clock)
        {
            Withhold = withhold,
        });

    /// <summary>Opens the market with the API key from the environment.</summary>
    /// <exception cref="InputException">The environment does not contain the key.</exception>
    public ExchangeVenue Open(VenueSettings settings, TimeProvider clock) =>
        Open(settings.Endpoint, ApiCredentials.Read(KeyName, HasPassphrase, Environment.GetEnvironmentVariable), clock,
            settings.DryRun ? static _ => { }
    : null);
}
