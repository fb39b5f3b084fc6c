using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Granary.Exchanges.Tests.Server;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>
/// A websocket between a process and a venue. Messages arrive in the order in which they were sent, or the connection breaks.
/// </summary>
internal sealed class VenueSocket : WebSocket
{
    private readonly SimulatedProcess _process;
    private readonly SimulatedVenue _venue;
    private readonly Channel<byte[]> _arrived = Channel.CreateUnbounded<byte[]>();
    private byte[] _rest = [];
    private int _read;
    private long _lastArrival, _lastSent;
    private bool _isOpen = true;

    public VenueSocket(SimulatedProcess process, SimulatedVenue venue)
    {
        (_process, _venue) = (process, venue);
        Server = new ServerSocket(Send, Break);
    }

    /// <summary>The venue's end.</summary>
    public ServerSocket Server { get; }

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _isOpen ? WebSocketState.Open : WebSocketState.Aborted;

    public override string? SubProtocol => null;

    private World World => _process.World;

    private Task Send(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _lastArrival = Math.Max(_lastArrival, World.Now + _venue.Way().Ticks);
        World.After(TimeSpan.FromTicks(_lastArrival - World.Now), _process, "a message of the venue",
            () => _arrived.Writer.TryWrite(bytes));
        return Task.CompletedTask;
    }

    private void Break()
    {
        _venue.Remove(this);
        _lastArrival = Math.Max(_lastArrival, World.Now + _venue.Way().Ticks);
        World.After(TimeSpan.FromTicks(_lastArrival - World.Now), _process, "the websocket breaks", Abort);
    }

    public override void Abort()
    {
        _isOpen = false;
        _venue.Remove(this);
        _arrived.Writer.TryComplete(new WebSocketException(WebSocketError.ConnectionClosedPrematurely));
    }

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        if (_read == _rest.Length)
            (_rest, _read) = (await _arrived.Reader.ReadAsync(cancellationToken).ConfigureAwait(false), 0);
        var count = Math.Min(buffer.Count, _rest.Length - _read);
        _rest.AsSpan(_read, count).CopyTo(buffer);
        _read += count;
        return new WebSocketReceiveResult(count, WebSocketMessageType.Text, _read == _rest.Length);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage,
        CancellationToken cancellationToken)
    {
        if (!_isOpen) throw new WebSocketException(WebSocketError.InvalidState);
        var text = Encoding.UTF8.GetString(buffer);
        _lastSent = Math.Max(_lastSent, World.Now + _venue.Way().Ticks);
        World.After(TimeSpan.FromTicks(_lastSent - World.Now), World.Outside, $"{_process.Name} sends a message", () =>
        {
            if (_isOpen) _ = _venue.Dialect.ReceiveAsync(Server, text);
        });
        return Task.CompletedTask;
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        Abort();
        return Task.CompletedTask;
    }

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription,
        CancellationToken cancellationToken) => CloseAsync(closeStatus, statusDescription, cancellationToken);

    public override void Dispose() => Abort();
}
