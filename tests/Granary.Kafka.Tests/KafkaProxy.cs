using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Kafka.Tests;

/// <summary>
/// Stands between clients and a broker on loopback. It can hold requests back, as a broker that is busy or cut off; and it answers the question from
/// which offset on messages are as late as a time (ListOffsets, versions 1 to 5, https://kafka.apache.org/protocol#The_Messages_ListOffsets), which the
/// client's mock cluster does not.
/// </summary>
internal sealed class KafkaProxy : IDisposable
{
    private const short ListOffsets = 2, Metadata = 3, FindCoordinator = 10;

    private sealed record Request(short Api, short Version, Dictionary<(string, int), long> Times);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _broker;
    private readonly CancellationTokenSource _end = new();
    private volatile TaskCompletionSource? _held;

    /// <param name="brokers">One, as 127.0.0.1:PORT.</param>
    public KafkaProxy(string brokers)
    {
        _broker = int.Parse(brokers.Split(':')[1]);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public string Brokers => $"127.0.0.1:{Port}";

    /// <summary>From a topic, partition and time (milliseconds since 1970) to the first offset that is not earlier; null answers as the mock does.</summary>
    public Func<string, int, long, long>? OffsetFor { get; set; }

    /// <summary>Questions for an offset by time that were answered.</summary>
    public int Answered;

    /// <summary>No request gets through until <see cref="Release"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var here = client;
        using var there = new TcpClient();
        try
        {
            await there.ConnectAsync(IPAddress.Loopback, _broker, _end.Token);
            var asked = new ConcurrentDictionary<int, Request>();
            var requests = PumpAsync(client.GetStream(), there.GetStream(), async frame =>
            {
                if (_held is { } held) await held.Task.WaitAsync(_end.Token);
                var request = Parse(frame);
                asked[BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4))] = request;
            });
            var answers = PumpAsync(there.GetStream(), client.GetStream(), frame =>
            {
                if (asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frame), out var request)) Change(frame, request);
                return Task.CompletedTask;
            });
            await Task.WhenAny(requests, answers);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // one of the two has gone
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<byte[], Task> look)
    {
        try
        {
            var length = new byte[4];
            while (true)
            {
                await from.ReadExactlyAsync(length, _end.Token);
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                await from.ReadExactlyAsync(frame, _end.Token);
                await look(frame);
                await to.WriteAsync(length, _end.Token);
                await to.WriteAsync(frame, _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // one of the two has gone
        }
    }

    private ref struct Reader(Span<byte> bytes)
    {
        private readonly Span<byte> _bytes = bytes;
        private int _at;

        public Span<byte> Next(int n)
        {
            _at += n;
            return _bytes.Slice(_at - n, n);
        }

        public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Next(2));

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Next(4));

        public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Next(8));

        public string Text() => Encoding.UTF8.GetString(Next(Math.Max((short)0, Int16())));
    }

    private static Request Parse(byte[] frame)
    {
        var reader = new Reader(frame);
        var (api, version) = (reader.Int16(), reader.Int16());
        var times = new Dictionary<(string, int), long>();
        if (api != ListOffsets) return new Request(api, version, times);
        reader.Int32(); // correlation
        reader.Text(); // client
        reader.Int32(); // replica
        if (version >= 2) reader.Next(1); // isolation
        for (var topics = reader.Int32(); topics > 0; topics--)
        {
            var topic = reader.Text();
            for (var partitions = reader.Int32(); partitions > 0; partitions--)
            {
                var partition = reader.Int32();
                if (version >= 4) reader.Int32(); // leader epoch
                times[(topic, partition)] = reader.Int64();
            }
        }
        return new Request(api, version, times);
    }

    private void Change(byte[] frame, Request request)
    {
        if (request.Api is Metadata or FindCoordinator)
        {
            // Whatever the broker says of itself is said of this place.
            var broker = new byte[13];
            "127.0.0.1"u8.CopyTo(broker);
            BinaryPrimitives.WriteInt32BigEndian(broker.AsSpan(9), _broker);
            for (int at = 0, next; (next = frame.AsSpan(at).IndexOf(broker)) >= 0; at += next + broker.Length) BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(at + next + 9), Port);
        }
        if (request.Api != ListOffsets || OffsetFor is not { } offsetFor || request.Version == 0) return;
        var reader = new Reader(frame);
        reader.Int32(); // correlation
        if (request.Version >= 2) reader.Int32(); // throttle
        for (var topics = reader.Int32(); topics > 0; topics--)
        {
            var topic = reader.Text();
            for (var partitions = reader.Int32(); partitions > 0; partitions--)
            {
                var partition = reader.Int32();
                reader.Int16(); // error
                var time = reader.Next(8);
                var offset = reader.Next(8);
                if (request.Version >= 4) reader.Int32(); // leader epoch
                if (!request.Times.TryGetValue((topic, partition), out var asked) || asked < 0) continue;
                var found = offsetFor(topic, partition, asked);
                BinaryPrimitives.WriteInt64BigEndian(offset, found);
                BinaryPrimitives.WriteInt64BigEndian(time, found < 0 ? -1 : asked);
                Interlocked.Increment(ref Answered);
            }
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        Release();
    }
}
