using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Kafka.Tests;

/// <summary>
/// Stands between clients and a broker on loopback. It can hold requests back, as a busy broker; cut all connections, as a broker that has
/// crashed; and answer as one that has just been started. It answers the question from which offset on messages are as late as a time
/// (ListOffsets, https://kafka.apache.org/protocol#The_Messages_ListOffsets), which the client's mock cluster does not.
/// </summary>
internal sealed class KafkaProxy : IDisposable
{
    private const short Fetch = 1, ListOffsets = 2, Metadata = 3, FindCoordinator = 10, ApiVersions = 18;

    // The newest versions that this class reads.
    private static short Newest(short api) => api switch { ListOffsets => 5, Metadata => 4, _ => short.MaxValue };

    private sealed record Request(short Api, short Version, Dictionary<(string, int), long> Times);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _broker;
    private readonly CancellationTokenSource _end = new();
    private volatile CancellationTokenSource? _connections = new();
    private volatile TaskCompletionSource? _held;
    private int _fetches;

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

    /// <summary>
    /// From a topic, partition and time (milliseconds since 1970) to the first offset that is not earlier; null answers as the mock does.
    /// </summary>
    public Func<string, int, long, long>? OffsetFor { get; set; }

    /// <summary>Questions for an offset by time that were answered.</summary>
    public int Answered;

    /// <summary>
    /// Where it is not 0, every topic that is asked for has no partitions and this error, as at a broker that has just been started and
    /// knows neither its topics nor itself.
    /// </summary>
    public short TopicError { get; set; }

    /// <summary>Answers of that kind.</summary>
    public int TopicErrors;

    /// <summary>The number of the request for messages at which everything is held, from 1; 0 for none.</summary>
    public int HoldAtFetch { get; set; }

    /// <summary>Connections that were ended at once.</summary>
    public int Refused;

    public bool IsHeld => _held is not null;

    /// <summary>No request gets through until <see cref="Release"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>Ends all connections, and each new one at once, until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        var connections = _connections;
        _connections = null;
        connections?.Cancel();
    }

    public void Restore() => _connections = new CancellationTokenSource();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                if (_connections is { } connections) _ = ServeAsync(client, connections.Token);
                else
                {
                    client.Dispose();
                    Interlocked.Increment(ref Refused);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken end)
    {
        using var here = client;
        using var there = new TcpClient();
        try
        {
            await there.ConnectAsync(IPAddress.Loopback, _broker, end);
            var asked = new ConcurrentDictionary<int, Request>();
            var requests = PumpAsync(client.GetStream(), there.GetStream(), async frame =>
            {
                var request = Parse(frame);
                if (request.Api == Fetch && Interlocked.Increment(ref _fetches) == HoldAtFetch) Hold();
                if (_held is { } held) await held.Task.WaitAsync(end);
                asked[BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4))] = request;
                return frame;
            }, end);
            var answers = PumpAsync(there.GetStream(), client.GetStream(), frame =>
            {
                if (!asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frame), out var request)) return Task.FromResult(frame);
                Change(frame, request);
                return Task.FromResult(request.Api == Metadata && TopicError != 0 ? Unknowing(frame, request.Version) : frame);
            }, end);
            await Task.WhenAny(requests, answers);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // one of the two has gone
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<byte[], Task<byte[]>> look, CancellationToken end)
    {
        try
        {
            var length = new byte[4];
            while (true)
            {
                await from.ReadExactlyAsync(length, end);
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                await from.ReadExactlyAsync(frame, end);
                frame = await look(frame);
                BinaryPrimitives.WriteInt32BigEndian(length, frame.Length);
                await to.WriteAsync(length, end);
                await to.WriteAsync(frame, end);
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

        public readonly int At => _at;

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
            for (int at = 0, next; (next = frame.AsSpan(at).IndexOf(broker)) >= 0; at += next + broker.Length)
                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(at + next + 9), Port);
        }
        if (request.Api == ApiVersions) LimitVersions(frame, request.Version);
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

    // https://kafka.apache.org/protocol#The_Messages_ApiVersions: from version 3 on with a count of one byte and a byte of tags
    private static void LimitVersions(byte[] frame, short version)
    {
        var reader = new Reader(frame);
        reader.Int32(); // correlation
        reader.Int16(); // error
        for (var apis = version >= 3 ? reader.Next(1)[0] - 1 : reader.Int32(); apis > 0; apis--)
        {
            var api = reader.Int16();
            reader.Int16(); // the oldest version
            var newest = reader.Next(2);
            if (version >= 3) reader.Next(1); // tags
            BinaryPrimitives.WriteInt16BigEndian(newest, Math.Min(BinaryPrimitives.ReadInt16BigEndian(newest), Newest(api)));
        }
    }

    // https://kafka.apache.org/protocol#The_Messages_Metadata, versions 0 to 4
    private byte[] Unknowing(byte[] frame, short version)
    {
        var reader = new Reader(frame);
        reader.Int32(); // correlation
        if (version >= 3) reader.Int32(); // throttle
        for (var brokers = reader.Int32(); brokers > 0; brokers--)
        {
            reader.Int32();
            reader.Text();
            reader.Int32();
            if (version >= 1) reader.Text(); // rack
        }
        if (version >= 2) reader.Text(); // cluster
        if (version >= 1) reader.Int32(); // controller
        using var answer = new MemoryStream();
        answer.Write(frame.AsSpan(0, reader.At));
        byte[] number = new byte[4], none = new byte[4];
        var topics = reader.Int32();
        BinaryPrimitives.WriteInt32BigEndian(number, topics);
        answer.Write(number);
        for (; topics > 0; topics--)
        {
            reader.Int16(); // error
            BinaryPrimitives.WriteInt16BigEndian(number, TopicError);
            answer.Write(number.AsSpan(0, 2));
            var from = reader.At;
            reader.Text(); // name
            if (version >= 1) reader.Next(1); // internal
            answer.Write(frame.AsSpan(from, reader.At - from));
            answer.Write(none);
            for (var partitions = reader.Int32(); partitions > 0; partitions--)
            {
                reader.Next(10);
                reader.Next(4 * reader.Int32());
                reader.Next(4 * reader.Int32());
            }
            Interlocked.Increment(ref TopicErrors);
        }
        return answer.ToArray();
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        Cut();
        Release();
    }
}
