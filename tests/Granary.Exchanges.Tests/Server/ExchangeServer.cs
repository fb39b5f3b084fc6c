using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Exchanges.Tests.Server;

/// <summary>
/// A local exchange: real HTTP and websockets on a loopback port, in the words of one venue (<see cref="VenueDialect"/>), with faults on
/// request. It can be stopped and started again on its port.
/// </summary>
internal sealed class ExchangeServer : IVenueServer, IAsyncDisposable
{
    private readonly List<ServerSocket> _sockets = [];
    private readonly VenueDialect _dialect;
    private WebApplication _app = null!;
    private int _accepted;

    private ExchangeServer(VenueDialect dialect)
    {
        _dialect = dialect;
        dialect.ServeBy(this);
    }

    public SimulatedMarket Market => _dialect.Market;
    public ServerFaults Faults { get; } = new();
    public int Port { get; private set; }
    public string Sockets => $"ws://127.0.0.1:{Port}/";
    public TimeProvider Clock => TimeProvider.System;
    public Uri Endpoint => new($"http://127.0.0.1:{Port}");
    public int Requests { get; private set; }
    /// <summary>The number of websockets that were opened so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);
    /// <summary>Paths of the requests, without queries.</summary>
    public ConcurrentQueue<string> Log { get; } = new();
    /// <summary>Called with each request as it is read.</summary>
    public Action<ApiCall>? Requested { get; set; }
    /// <summary>Called with each request for an order as it is read.</summary>
    public Action<ApiCall>? Ordered { get; set; }
    /// <summary>What a request for an order waits for before it is handled.</summary>
    public Func<Task>? Answering { get; set; }

    public static async Task<ExchangeServer> StartAsync(VenueDialect dialect)
    {
        var server = new ExchangeServer(dialect);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, Port, l => l.Protocols = HttpProtocols.Http1));
        // What is being handled is answered before the server stops: a request never takes effect after its connection is gone.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMinutes(1));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
        await _app.StartAsync();
        Port = new Uri(_app.Urls.First()).Port;
    }

    public async Task StopAsync()
    {
        DropSockets();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public void DropSockets()
    {
        lock (_sockets)
        {
            foreach (var socket in _sockets) socket.Abort();
            _sockets.Clear();
        }
    }

    /// <summary>Sends a message to the clients that asked for its topic.</summary>
    public void Publish(string topic, string message, bool isPrivate)
    {
        List<ServerSocket> sockets;
        lock (_sockets) sockets = [.. _sockets.Where(s => (s.IsPrivate || !isPrivate) && s.Follows(topic))];
        foreach (var socket in sockets) _ = socket.SendAsync(message, isPrivate ? Faults : null);
    }

    private async Task HandleAsync(HttpContext context)
    {
        Requests++;
        if (context.WebSockets.IsWebSocketRequest)
        {
            await SocketAsync(context);
            return;
        }
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new ApiCall(context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value!.TrimStart('?'),
            headers, await reader.ReadToEndAsync());
        Log.Enqueue($"{call.Method} {call.Path}");
        Requested?.Invoke(call);
        var isOrder = _dialect.IsOrder(call);
        if (isOrder) Ordered?.Invoke(call);
        if (isOrder && Answering is { } answering) await answering();
        if (Faults.Draw(Faults.Delays)) await Task.Delay(Faults.Next(20));
        if (Faults.IsInMaintenance || !isOrder && Faults.Draw(Faults.Errors))
        {
            context.Response.StatusCode = 503;
            return;
        }
        if (isOrder && Faults.Draw(Faults.DropBefore))
        {
            context.Abort();
            return;
        }
        var reply = Market.Locked(() => _dialect.Handle(call));
        if (isOrder && Faults.Draw(Faults.DropAfter))
        {
            context.Abort();
            return;
        }
        if (isOrder && Faults.Draw(Faults.ErrorAfter)) reply = new ApiReply(502, "<html>Bad Gateway</html>");
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in reply.Headers) context.Response.Headers[name] = value;
        await context.Response.WriteAsync(reply.Body);
    }

    private async Task SocketAsync(HttpContext context)
    {
        using var web = await context.WebSockets.AcceptWebSocketAsync();
        var socket = new ServerSocket(
            text => web.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None), web.Abort);
        Interlocked.Increment(ref _accepted);
        lock (_sockets) _sockets.Add(socket);
        var buffer = new byte[64 << 10];
        using var life = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _app.Lifetime.ApplicationStopping);
        try
        {
            if (Faults.Sockets == SocketEnd.AtOnce)
            {
                await web.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "try again", life.Token);
                return;
            }
            await _dialect.WelcomeAsync(socket, context.Request.Path.Value!, context.Request.QueryString.Value!.TrimStart('?'));
            while (true)
            {
                var part = await web.ReceiveAsync(buffer, life.Token);
                if (part.MessageType == WebSocketMessageType.Close) return;
                await _dialect.ReceiveAsync(socket, Encoding.UTF8.GetString(buffer, 0, part.Count));
                if (Faults.Sockets == SocketEnd.Unreadable) await socket.SendAsync("<html>Bad Gateway</html>");
                if (Faults.Sockets != SocketEnd.Answered) continue;
                await web.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "try again", life.Token);
                return;
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone, or the server stops.
        }
        finally
        {
            lock (_sockets) _sockets.Remove(socket);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
