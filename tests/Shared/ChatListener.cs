using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Granary.Testing;

/// <summary>A chat service of a test on this machine: it takes each POST, and answers as the test says.</summary>
internal sealed class ChatListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public ChatListener()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Status, headers and body of the answer to the next request; null closes the connection.</summary>
    public Func<(int Status, string Headers, string Body)?> Answer { get; set; } = () => (200, "", "");

    public ConcurrentQueue<(string Path, JsonObject Body)> Received { get; } = new();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closed = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (await reader.ReadLineAsync(_stop.Token) is { } first)
            {
                var length = 0;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                    if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(header[15..]);
                var body = new char[length];
                await reader.ReadBlockAsync(body, _stop.Token);
                Received.Enqueue((first.Split(' ')[1], JsonNode.Parse(Encoding.Latin1.GetBytes(body))!.AsObject()));
                if (Answer() is not var (status, headers, text)) return;
                var bytes = Encoding.UTF8.GetBytes(text);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 {status} Status\r\nContent-Length: {bytes.Length}\r\n{headers}\r\n"), _stop.Token);
                await stream.WriteAsync(bytes, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }
}
