using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

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

/// <summary>A server with a fault, for every request, or for all but the first one that sends a body.</summary>
internal sealed partial class FaultyServer : IAsyncDisposable
{
    private const string Granary = "Granary-Api: 1\r\nContent-Type: application/json\r\n";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving = Task.CompletedTask;

    private string? _accepted;

    /// <param name="accepted">Body of the answer to the first POST; null = it has the fault too.</param>
    public FaultyServer(ServerFault fault, string? accepted = null)
    {
        _accepted = accepted;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        if (fault == ServerFault.NothingListens) _listener.Stop();
        else _serving = ServeAsync(fault);
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose(); // not before: a pending accept would fail with another exception than that of the cancellation
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
            var (read, request) = (0, new byte[1 << 20]);
            while (!IsWhole(request.AsSpan(0, read)))
            {
                var count = await stream.ReadAsync(request.AsMemory(read), _end.Token);
                if (count == 0) return;
                read += count;
            }
            if (request[0] == 'P' && Interlocked.Exchange(ref _accepted, null) is { } accepted)
            {
                await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"HTTP/1.1 202 Accepted\r\n{Granary}Connection: close\r\n"
                    + $"Content-Length: {System.Text.Encoding.UTF8.GetByteCount(accepted)}\r\n\r\n{accepted}"), _end.Token);
                return;
            }
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

    // A client that gets its answer before it has sent its body may lose the answer.
    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var header = System.Text.Encoding.ASCII.GetString(request[..end]);
        var length = Length().Match(header);
        return request.Length >= end + 4 + (length.Success ? int.Parse(length.Groups["bytes"].Value, CultureInfo.InvariantCulture) : 0);
    }

    [GeneratedRegex(@"Content-Length: (?<bytes>\d+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Length();
}
