using System.Net;
using System.Net.Sockets;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Passes connections of an address on to a port of loopback, as slowly as a test wants.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();

    /// <param name="target">Port on loopback.</param>
    public TcpRelay(IPAddress address, int target)
    {
        _target = target;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Time for which each message of a client waits here.</summary>
    public TimeSpan Delay { get; set; }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var here = client;
        using var there = new TcpClient { NoDelay = true };
        here.NoDelay = true;
        try
        {
            await there.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
            await Task.WhenAny(PassAsync(here.GetStream(), there.GetStream(), () => Delay),
                PassAsync(there.GetStream(), here.GetStream(), () => TimeSpan.Zero));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // one of the two has gone
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Func<TimeSpan> delay)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is > 0 and var read)
            {
                if (delay() is { Ticks: > 0 } time) await Task.Delay(time, _end.Token);
                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // one of the two has gone
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }
}
