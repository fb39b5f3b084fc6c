namespace Granary.Exchanges.Connections;

/// <summary>Where one market of an exchange is reached, and with which key.</summary>
/// <param name="Name">As <c>--broker</c> names the market.</param>
/// <param name="Title">The exchange's name in messages.</param>
/// <param name="Endpoint">Of the REST interface.</param>
/// <param name="Credentials">Null for public requests alone.</param>
/// <param name="Budget">Weight of requests that the exchange allows, and in which time.</param>
internal sealed record ExchangeConnection(string Name, string Title, Uri Endpoint, ApiCredentials? Credentials,
    (int Weight, TimeSpan Period) Budget, TimeProvider Clock)
{
    /// <summary>Takes the requests that would change the account, signed as they would be sent, in a dry run; null where they are
    /// sent.</summary>
    public Action<HttpRequestMessage>? Withhold { get; init; }
}
