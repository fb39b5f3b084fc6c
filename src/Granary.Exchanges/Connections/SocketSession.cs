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
/// <param name="Ping">Makes one; null where frames of the websocket itself are enough.</param>
internal sealed record SocketPlan(Uri Address, IReadOnlyList<string> Hello, bool IsWelcomed, TimeSpan PingEvery, Func<string>? Ping);

/// <summary>One websocket connection, from its opening to its loss.</summary>
/// <param name="exchange">The exchange's name in messages.</param>
/// <param name="silence">A connection without any message for so long counts as lost, whatever its socket reports.</param>
internal sealed class SocketSession(string exchange, TimeSpan silence, TimeProvider clock)
{
    /// <summary>Connects and returns the messages as they arrive. The enumeration ends when the connection is lost.</summary>
    /// <exception cref="BrokerUnavailableException">The connection cannot be opened.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(SocketPlan plan,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var socket = await ConnectAsync(plan, cancellationToken).ConfigureAwait(false);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pinging = PingAsync(socket, plan, life.Token);
        var (buffer, waits) = (new byte[16 << 10], plan.IsWelcomed);
        try
        {
            while (true)
            {
                var (length, grown) = await ReceiveAsync(socket, buffer, cancellationToken).ConfigureAwait(false);
                buffer = grown;
                if (length < 0) yield break;
                if (waits) await SendAsync(socket, plan.Hello, cancellationToken).ConfigureAwait(false);
                waits = false;
                yield return buffer.AsMemory(0, length);
            }
        }
        finally
        {
            await life.CancelAsync().ConfigureAwait(false);
            await pinging.ConfigureAwait(false);
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(SocketPlan plan, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            await socket.ConnectAsync(plan.Address, either.Token).ConfigureAwait(false);
            if (!plan.IsWelcomed) await SendAsync(socket, plan.Hello, either.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (e is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
                throw new BrokerUnavailableException(
                    $"{exchange}: the websocket at {plan.Address.Host} cannot be opened: {e.Message.TrimEnd('.')}", e);
            throw;
        }
    }

    private static async Task SendAsync(ClientWebSocket socket, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        foreach (var text in texts) await SendAsync(socket, text, cancellationToken).ConfigureAwait(false);
    }

    private static Task SendAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private async Task PingAsync(ClientWebSocket socket, SocketPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Ping is null) return;
        try
        {
            while (true)
            {
                await Task.Delay(plan.PingEvery, clock, cancellationToken).ConfigureAwait(false);
                await SendAsync(socket, plan.Ping(), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException
            or InvalidOperationException or IOException)
        {
            // The reader detects the loss.
        }
    }

    // A negative length means that the connection has ended: closed, broken, or silent for too long.
    private async ValueTask<(int Length, byte[] Buffer)> ReceiveAsync(ClientWebSocket socket, byte[] buffer,
        CancellationToken cancellationToken)
    {
        using var dead = new CancellationTokenSource(silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, dead.Token);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), either.Token).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close) return (-1, buffer);
                length += part.Count;
                if (part.EndOfMessage) return (length, buffer);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException
            || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (-1, buffer);
        }
    }
}
