using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Engine.Brokerage;

namespace Granary.Exchanges.Connections;

/// <summary>Settings to open a websocket of an exchange.</summary>
/// <param name="Address">With the token, where one is needed.</param>
/// <param name="Hello">Messages to send after the connection is open: a login, subscriptions.</param>
/// <param name="IsWelcomed">Whether the exchange sends a first message before it takes any.</param>
/// <param name="PingEvery">Interval at which the exchange expects a ping.</param>
/// <param name="Ping">Makes a ping; null if the frames of the websocket itself are enough.</param>
internal sealed record SocketPlan(Uri Address, IReadOnlyList<string> Hello, bool IsWelcomed, TimeSpan PingEvery, Func<string?> Ping);

/// <summary>One websocket connection to an exchange, from its opening to its loss. It sends the pings.</summary>
internal sealed class SocketSession : IAsyncDisposable
{
    // A longer message counts as a loss; the exchanges send none of this length.
    private const int MaxMessage = 1 << 20;

    private readonly SocketPlan _plan;
    private readonly TimeSpan _silence;
    private readonly TimeProvider _clock;
    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _life = new();
    private Task _pinging = Task.CompletedTask;
    private byte[] _buffer = new byte[16 << 10];

    private SocketSession(WebSocket socket, SocketPlan plan, TimeSpan silence, TimeProvider clock) =>
        (_socket, _plan, _silence, _clock) = (socket, plan, silence, clock);

    /// <summary>Connects, and sends the messages of the plan. If the exchange welcomes its clients, the caller sends them.</summary>
    /// <param name="silence">A connection without any message for so long counts as lost, whatever its socket reports.</param>
    public static Task<SocketSession> OpenAsync(SocketPlan plan, TimeSpan silence, TimeProvider clock,
        CancellationToken cancellationToken = default) => OpenAsync(NetworkTransport.Instance, plan, silence, clock, cancellationToken);

    private static async Task<SocketSession> OpenAsync(IExchangeTransport transport, SocketPlan plan, TimeSpan silence, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var socket = await transport.OpenSocketAsync(plan.Address, cancellationToken).ConfigureAwait(false);
        var session = new SocketSession(socket, plan, silence, clock);
        try
        {
            session._pinging = session.PingAsync();
            if (!plan.IsWelcomed) await session.SendAsync(plan.Hello, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Connects, sends the messages of the plan, and returns the exchange's messages as they arrive, each valid until the next. The
    /// enumeration ends when the connection is lost.
    /// </summary>
    /// <param name="silence">A connection without any message for so long counts as lost, whatever its socket reports.</param>
    /// <exception cref="BrokerUnavailableException">The connection cannot be opened in ten seconds.</exception>
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(ExchangeConnection connection, SocketPlan plan,
        TimeSpan silence, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var session = await ConnectAsync(connection, plan, silence, cancellationToken).ConfigureAwait(false);
        var waits = plan.IsWelcomed;
        while (await session.NextAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            if (waits) await session.SendAsync(plan.Hello, cancellationToken).ConfigureAwait(false);
            waits = false;
            yield return message;
        }
    }

    private static async Task<SocketSession> ConnectAsync(ExchangeConnection connection, SocketPlan plan, TimeSpan silence,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10), connection.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await OpenAsync(connection.Transport, plan, silence, connection.Clock, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new BrokerUnavailableException(
                $"{connection.Name}: the websocket at {plan.Address.Host} cannot be opened: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Sends messages.</summary>
    public async Task SendAsync(IEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        foreach (var text in texts)
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>Returns the next message, valid until the next call; null if the connection is closed, broken, or silent.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken = default)
    {
        using var dead = new CancellationTokenSource(_silence, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, dead.Token);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == MaxMessage) return null;
                if (length == _buffer.Length) Array.Resize(ref _buffer, 2 * length);
                var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), either.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return null;
                length += part.Count;
                if (part.EndOfMessage) return _buffer.AsMemory(0, length);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException
            || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task PingAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_plan.PingEvery, _clock, _life.Token).ConfigureAwait(false);
                if (_plan.Ping() is { } ping) await SendAsync([ping], _life.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException
            or InvalidOperationException or IOException)
        {
            // The reader detects the loss.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        await _pinging.ConfigureAwait(false);
        _life.Dispose();
        _socket.Dispose();
    }
}
