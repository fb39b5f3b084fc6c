using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Feeds;

/// <summary>
/// A server on loopback that speaks an exchange's documented messages: each connection gets the next list of them, then it is dropped, or
/// stays open and sends nothing.
/// </summary>
internal sealed class LocalExchange : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string[] Messages, Ending Ending)> _sessions = new();
    private readonly CancellationTokenSource _stop = new();

    internal enum Ending
    {
        Drop,
        Close,
        Silence,
    }

    public LocalExchange()
    {
        Port = FreePorts.Take();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    /// <summary>What clients have sent.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>Of KuCoin's, in milliseconds.</summary>
    public int PingInterval { get; init; } = 18000;

    /// <summary>Requests that came before the welcome of an exchange that welcomes; it would have lost them.</summary>
    public int Early { get; private set; }

    /// <summary>How many connections are refused before the next one is taken.</summary>
    public int Refuse { get; set; }

    public void Session(Ending ending, params string[] messages) => _sessions.Enqueue((messages, ending));

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            if (Refuse > 0)
            {
                Refuse--;
                context.Response.StatusCode = 503;
                context.Response.Close();
                return;
            }
            if (!context.Request.IsWebSocketRequest)
            {
                await AnswerKucoinAsync(context);
                return;
            }
            Received.Enqueue(context.Request.Url!.Query);
            using var socket = (await context.AcceptWebSocketAsync(null)).WebSocket;
            var buffer = new byte[1 << 16];
            var asked = socket.ReceiveAsync(buffer, _stop.Token);
            if (context.Request.Url!.Query.Contains("token=", StringComparison.Ordinal))
            {
                // Who does not wait for the welcome has asked by now.
                await Task.WhenAny(asked, Task.Delay(50, _stop.Token));
                if (asked.IsCompleted) Early++;
                await socket.SendAsync("""{"id":"hQvf8jkno","type":"welcome"}"""u8.ToArray(), WebSocketMessageType.Text, true, _stop.Token);
            }
            var first = await asked;
            Received.Enqueue(Encoding.UTF8.GetString(buffer, 0, first.Count));
            _ = Task.Run(() => ListenAsync(socket, buffer));
            if (!_sessions.TryDequeue(out var session)) session = ([], Ending.Silence);
            foreach (var message in session.Messages)
                await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, _stop.Token);
            if (session.Ending == Ending.Silence) await Task.Delay(Timeout.Infinite, _stop.Token);
            await Task.Delay(200, _stop.Token); // a connection that is cut off throws away what was not read yet
            if (session.Ending == Ending.Close)
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "24 hours are over", _stop.Token);
            else socket.Abort();
            await Task.Delay(200, _stop.Token);
        }
        catch (Exception e)
            when (e is WebSocketException or OperationCanceledException or HttpListenerException or ObjectDisposedException or IOException)
        {
            // the client has gone
        }
    }

    // KuCoin gives the address of its websocket over HTTP.
    private async Task AnswerKucoinAsync(HttpListenerContext context)
    {
        var answer = JsonSerializer.SerializeToUtf8Bytes(new
        {
            code = "200000",
            data = new
            {
                token = "a+token==",
                instanceServers = new[] { new { endpoint = $"ws://127.0.0.1:{Port}/", encrypt = true, protocol = "websocket",
                    pingInterval = PingInterval, pingTimeout = 10000 } }
            }
        });
        if (context.Request.Url!.AbsolutePath != "/api/v1/bullet-public" || context.Request.HttpMethod != "POST")
            context.Response.StatusCode = 404;
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(answer);
        context.Response.Close();
    }

    private async Task ListenAsync(WebSocket socket, byte[] buffer)
    {
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var more = await socket.ReceiveAsync(buffer, _stop.Token);
                Received.Enqueue(Encoding.UTF8.GetString(buffer, 0, more.Count));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // over
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _listener.Abort();
        }
        catch (InvalidOperationException)
        {
            // The listener flushes answers whose clients have gone.
        }
    }
}
