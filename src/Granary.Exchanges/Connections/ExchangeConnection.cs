namespace Granary.Exchanges.Connections;

/// <summary>Address of one market of an exchange, and the key for it.</summary>
/// <param name="Name">As <c>--broker</c> names the market.</param>
/// <param name="Title">The exchange's name in messages.</param>
/// <param name="Endpoint">The address of the REST API.</param>
/// <param name="Credentials">The API key; null for public requests only.</param>
/// <param name="Budget">The rate limit: the request weight per time.</param>
internal sealed record ExchangeConnection(string Name, string Title, Uri Endpoint, ApiCredentials? Credentials,
    (int Weight, TimeSpan Period) Budget, TimeProvider Clock)
{
    /// <summary>The transport of requests and websockets to the exchange.</summary>
    public IExchangeTransport Transport { get; init; } = NetworkTransport.Instance;

    /// <summary>In a dry run, receives the signed requests that would change the account; null to send them.</summary>
    public Action<HttpRequestMessage>? Withhold { get; init; }
}
