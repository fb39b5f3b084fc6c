using System.Net;
using System.Net.Sockets;

namespace Granary.Cli.Tests;

/// <summary>What is at an address that a user gave as <c>--host</c> and that does not serve.</summary>
public enum ServerFault
{
    NothingListens,
    NeverAnswers,
    Answers503,
    DiesInMidHeader,
    DiesInMidAnswer,
    StopsInMidAnswer,
}

/// <summary>A server with a fault, for every request.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private const string Granary = "Granary-Api: 1\r\nContent-Type: application/json\r\n";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving = Task.CompletedTask;

    public FaultyServer(ServerFault fault)
    {
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        if (fault == ServerFault.NothingListens) _listener.Stop();
        else _serving = ServeAsync(fault);
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync(ServerFault fault)
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token), fault));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client, ServerFault fault)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            if (await stream.ReadAtLeastAsync(new byte[1 << 16], 16, throwOnEndOfStream: false, _end.Token) == 0) return;
            var answer = fault switch
            {
                ServerFault.Answers503 => "HTTP/1.1 503 Service Unavailable\r\nGranary-Api: 1\r\nConnection: close\r\n"
                    + "Content-Type: application/problem+json\r\nContent-Length: 33\r\n\r\n{\"detail\":\"its database is away\"}",
                ServerFault.DiesInMidHeader => "HTTP/1.1 200 OK\r\nGranary-A",
                ServerFault.DiesInMidAnswer or ServerFault.StopsInMidAnswer =>
                    $"HTTP/1.1 200 OK\r\n{Granary}Content-Length: 1000\r\n\r\n{{\"id\":\"",
                _ => "",
            };
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), _end.Token);
            if (fault is ServerFault.NeverAnswers or ServerFault.StopsInMidAnswer) await Task.Delay(Timeout.Infinite, _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went, or the test ends.
        }
    }
}
