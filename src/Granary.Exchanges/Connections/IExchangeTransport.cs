using System.Net.WebSockets;

namespace Granary.Exchanges.Connections;

/// <summary>The transport of requests and websockets to an exchange.</summary>
internal interface IExchangeTransport
{
    /// <summary>Opens what sends the requests of one connection; the connection disposes of it.</summary>
    HttpMessageHandler OpenRequests();

    /// <summary>Opens a websocket.</summary>
    /// <exception cref="WebSocketException">The exchange cannot be reached, or refuses.</exception>
    Task<WebSocket> OpenSocketAsync(Uri address, CancellationToken cancellationToken);
}
