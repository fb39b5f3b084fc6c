using System.Net;
using System.Net.WebSockets;

namespace Granary.Exchanges.Connections;

/// <summary>Requests and websockets over the network.</summary>
internal sealed class NetworkTransport : IExchangeTransport
{
    // The orders of one bar are sent concurrently; further ones wait for a connection.
    private const int Connections = 16;

    private NetworkTransport()
    {
    }

    public static NetworkTransport Instance { get; } = new();

    public HttpMessageHandler OpenRequests() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxConnectionsPerServer = Connections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        AutomaticDecompression = DecompressionMethods.All,
    };

    public async Task<WebSocket> OpenSocketAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
