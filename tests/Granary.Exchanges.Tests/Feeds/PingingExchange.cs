using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Exchanges.Tests.Feeds;

/// <summary>A websocket server on loopback that sends ping frames and sees the pongs. It has one connection.</summary>
internal sealed class PingingExchange : IDisposable
{
    private const int Text = 0x1, Ping = 0x9, Pong = 0xA;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private TcpClient? _client;

    public PingingExchange()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    private NetworkStream Stream => _client!.GetStream();

    /// <summary>Waits for the client, and answers its handshake.</summary>
    public async Task AcceptAsync(CancellationToken cancellationToken)
    {
        _client = await _listener.AcceptTcpClientAsync(cancellationToken);
        var head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += (char)(await TakeAsync(1, cancellationToken))[0];
        var key = head.Split('\n').Single(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))
            .Split(':', 2)[1].Trim();
#pragma warning disable CA5350 // the handshake of RFC 6455 is made with it
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await Stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
            + $"Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), cancellationToken);
    }

    /// <summary>Sends a message.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken) => WriteAsync(Text, text, cancellationToken);

    /// <summary>Sends a ping, and waits for the pong.</summary>
    /// <returns>The payload of the pong.</returns>
    public async Task<string> PingAsync(string payload, CancellationToken cancellationToken)
    {
        await WriteAsync(Ping, payload, cancellationToken);
        while (true)
        {
            // A client's frames are short here and always masked.
            var start = await TakeAsync(2, cancellationToken);
            var length = start[1] & 0x7F;
            if (length == 126) length = (await TakeAsync(2, cancellationToken)) is [var high, var low] ? (high << 8) + low : 0;
            var mask = await TakeAsync(4, cancellationToken);
            var content = await TakeAsync(length, cancellationToken);
            for (var i = 0; i < length; i++) content[i] ^= mask[i % 4];
            if ((start[0] & 0xF) == Pong && length > 0) return Encoding.ASCII.GetString(content);
        }
    }

    private async Task WriteAsync(int kind, string text, CancellationToken cancellationToken)
    {
        var content = Encoding.UTF8.GetBytes(text);
        byte[] length = content.Length < 126 ? [(byte)content.Length] : [126, (byte)(content.Length >> 8), (byte)content.Length];
        await Stream.WriteAsync((byte[])[(byte)(0x80 | kind), .. length, .. content], cancellationToken);
    }

    private async Task<byte[]> TakeAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
    }
}
