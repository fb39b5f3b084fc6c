using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Streaming;

/// <summary>
/// Encodes messages of bars: a compact binary form, and a JSON form for people and other programs. The reader distinguishes them by their
/// first byte.
/// <code>
///  0 "GB"; 2 version (1); 3 kind (0 bars, 1 heartbeat, 2 end); 4 CRC-32C of all that follows;
///  8 time reached, UTC ticks; 16 replay (16 bytes).
/// Bars only:
/// 32 number of bars before these; 40 timeframe, ticks; 48 count; 52 length of the instrument's JSON;
/// 56 step between opens, ticks, or 0 if they are listed; 64 JSON, then columns: open times (64-bit ticks; only the first if the
/// step is not 0); open, high, low, close, volume as doubles.
/// Bars with further columns are of version 2: behind the volume follow the length of a JSON list of names (32 bits), the list, and each
/// column as doubles, NaN for no value.
/// </code>
/// All numbers are little-endian.
/// </summary>
internal static class BarMessageCodec
{
    /// <summary>The version of bars with further columns; other messages are of version 1. A reader rejects a greater version.</summary>
    public const byte Version = 2;

    private const byte Plain = 1;

    private const int Common = 32, BarsHeader = 64;

    /// <summary>Caches instruments, which repeat in every message of a market; each reader or writer needs its own.</summary>
    internal sealed class Memory
    {
        internal readonly Dictionary<Instrument, byte[]> Written = new(ReferenceEqualityComparer.Instance);
        internal readonly Dictionary<uint, (byte[] Json, Instrument Instrument)> Read = []; // by their JSON's checksum
    }

    /// <summary>Encodes a message in binary form.</summary>
    public static byte[] ToBytes(BarMessage message, Memory memory)
    {
        byte[] bytes;
        if (message.Kind == FeedItemKind.Bars)
        {
            var bars = message.Bars!;
            var instrument = message.Market!.Instrument;
            if (!memory.Written.TryGetValue(instrument, out var json)) memory.Written[instrument] = json = InstrumentJson.Bytes(instrument);
            var n = bars.Count;
            var step = Step(bars.Time);
            var times = step == 0 ? n : 1;
            var further = bars.Further;
            var names = further is null ? [] : JsonSerializer.SerializeToUtf8Bytes(further.Names);
            bytes = GC.AllocateUninitializedArray<byte>(BarsHeader + json.Length + (times + 5 * n) * 8
                + (further is null ? 0 : 4 + names.Length + further.Count * n * 8));
            var s = bytes.AsSpan();
            BinaryPrimitives.WriteInt64LittleEndian(s[32..], bars.FirstIndex);
            BinaryPrimitives.WriteInt64LittleEndian(s[40..], message.Market.Timeframe.Ticks);
            BinaryPrimitives.WriteInt32LittleEndian(s[48..], n);
            BinaryPrimitives.WriteInt32LittleEndian(s[52..], json.Length);
            BinaryPrimitives.WriteInt64LittleEndian(s[56..], step);
            json.CopyTo(s[BarsHeader..]);
            var at = BarsHeader + json.Length;
            Put(MemoryMarshal.AsBytes(bars.Time[..times]), s, ref at);
            Put(MemoryMarshal.AsBytes(bars.Open), s, ref at);
            Put(MemoryMarshal.AsBytes(bars.High), s, ref at);
            Put(MemoryMarshal.AsBytes(bars.Low), s, ref at);
            Put(MemoryMarshal.AsBytes(bars.Close), s, ref at);
            Put(MemoryMarshal.AsBytes(bars.Volume), s, ref at);
            if (further is not null) Put(further, names, s, at);
        }
        else
        {
            bytes = new byte[Common];
        }
        var header = bytes.AsSpan();
        (header[0], header[1], header[2], header[3]) =
            ((byte)'G', (byte)'B', message.Bars?.Further is null ? Plain : Version, (byte)message.Kind);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], message.Time);
        message.Replay.TryWriteBytes(header[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Append(0, header[8..]));
        return bytes;
    }

    /// <summary>Encodes a message as JSON: one line without a line end.</summary>
    public static byte[] ToJson(BarMessage message, Memory memory)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("granary", message.Bars?.Further is null ? Plain : Version);
        json.WriteString("kind", message.Kind switch { FeedItemKind.Bars => "bars", FeedItemKind.Heartbeat => "heartbeat", _ => "end" });
        json.WriteString("replay", message.Replay);
        json.WriteString("time", Text(message.Time));
        if (message is { Kind: FeedItemKind.Bars, Market: { } market, Bars: { } bars })
        {
            json.WriteString("market", BarMessage.KeyOf(market.Instrument));
            json.WriteString("timeframe", market.Timeframe.ToString());
            if (!memory.Written.TryGetValue(market.Instrument, out var instrument))
                memory.Written[market.Instrument] = instrument = InstrumentJson.Bytes(market.Instrument);
            json.WritePropertyName("instrument");
            json.WriteRawValue(instrument, skipInputValidation: true);
            json.WriteNumber("index", bars.FirstIndex);
            if (bars.Further is { } further)
            {
                json.WriteStartArray("columns");
                foreach (var name in further.Names) json.WriteStringValue(name);
                json.WriteEndArray();
            }
            json.WriteStartArray("bars");
            for (var i = 0; i < bars.Count; i++)
            {
                var bar = bars[i];
                json.WriteStartArray();
                json.WriteStringValue(Text(bar.Time));
                json.WriteNumberValue(bar.Open);
                json.WriteNumberValue(bar.High);
                json.WriteNumberValue(bar.Low);
                json.WriteNumberValue(bar.Close);
                json.WriteNumberValue(bar.Volume);
                if (bar.Further is { } values)
                    foreach (var value in values.Values)
                        if (double.IsFinite(value)) json.WriteNumberValue(value);
                        else json.WriteNullValue();
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Decodes either form.</summary>
    /// <exception cref="BarMessageException">The bytes have neither form, are truncated or damaged, or the bars are invalid.</exception>
    public static BarMessage Read(ReadOnlySpan<byte> bytes, Memory memory)
    {
        if (bytes.Length == 0) throw new BarMessageException("it is empty");
        if (bytes[0] == (byte)'{') return ReadJson(bytes);
        if (bytes.Length < 4 || bytes[0] != (byte)'G' || bytes[1] != (byte)'B')
            throw new BarMessageException("it is not a bar message of Granary");
        if (bytes[2] is < Plain or > Version)
            throw new BarMessageException($"it is of version {bytes[2]}, and this program reads version {Version}");
        if (bytes.Length < Common) throw new BarMessageException("it is cut off");
        if (bytes[3] > (byte)FeedItemKind.End) throw new BarMessageException($"its kind {bytes[3]} is none");
        var kind = (FeedItemKind)bytes[3];
        var bars = default(BarsPart);
        var length = Common;
        if (kind == FeedItemKind.Bars)
        {
            if (bytes.Length < BarsHeader) throw new BarMessageException("it is cut off");
            bars = new BarsPart(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[52..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]));
            if (bars.Count is < 1 or > BarBlock.MaxCount || bars.Json is < 2 or > 1 << 20 || bars.Index < 0 || bars.Step < 0)
                throw new BarMessageException("its header is damaged");
            length = BarsHeader + bars.Json + ((bars.Step == 0 ? bars.Count : 1) + 5 * bars.Count) * 8;
            if (bytes[2] == Version) length = WithFurther(bytes, length, bars.Count);
        }
        if (bytes.Length < length) throw new BarMessageException("it is cut off");
        if (bytes.Length > length) throw new BarMessageException("it is longer than its header says");
        if (Crc32C.Append(0, bytes[8..]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
            throw new BarMessageException("it is damaged: its bytes do not match their checksum");
        var time = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        if (time < 0 || time > DateTime.MaxValue.Ticks) throw new BarMessageException("its time is none");
        var replay = new Guid(bytes.Slice(16, 16));
        return kind == FeedItemKind.Bars ? ReadBars(bytes, bars, replay, time, memory) : new BarMessage(kind, replay, null, null, time);
    }

    private readonly record struct BarsPart(long Index, long Timeframe, int Count, int Json, long Step);

    private static BarMessage ReadBars(ReadOnlySpan<byte> bytes, BarsPart part, Guid replay, long time, Memory memory)
    {
        var n = part.Count;
        var instrument = Instrument(bytes.Slice(BarsHeader, part.Json), memory);
        var at = BarsHeader + part.Json;
        var times = GC.AllocateUninitializedArray<long>(n);
        if (part.Step == 0)
        {
            bytes.Slice(at, n * 8).CopyTo(MemoryMarshal.AsBytes(times.AsSpan()));
            at += n * 8;
        }
        else
        {
            var next = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
            foreach (ref var open in times.AsSpan())
            {
                open = next;
                next += part.Step;
            }
            at += 8;
        }
        var (o, h, l, c, v) = (Column(bytes, n, ref at), Column(bytes, n, ref at), Column(bytes, n, ref at), Column(bytes, n,
            ref at), Column(bytes, n, ref at));
        var block = new BarBlock(part.Index, times, o, h, l, c, v);
        return Checked(new BarMessage(FeedItemKind.Bars, replay, new MarketSeries(instrument, Length(part.Timeframe)),
            at == bytes.Length ? block : block.With(Further(bytes, n, at)), time));
    }

    private static void Put(FurtherColumns further, byte[] names, Span<byte> to, int at)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to[at..], names.Length);
        at += 4;
        Put(names, to, ref at);
        for (var c = 0; c < further.Count; c++) Put(MemoryMarshal.AsBytes(further[c]), to, ref at);
    }

    // The length of a message whose further columns begin at a place.
    private static int WithFurther(ReadOnlySpan<byte> bytes, int at, int count)
    {
        if (bytes.Length < at + 4) throw new BarMessageException("it is cut off");
        var names = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        if (names is < 2 or > 1 << 16) throw new BarMessageException("its header is damaged");
        if (bytes.Length < at + 4 + names) throw new BarMessageException("it is cut off");
        return at + 4 + names + Names(bytes.Slice(at + 4, names)).Length * count * 8;
    }

    private static FurtherColumns Further(ReadOnlySpan<byte> bytes, int count, int at)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        var names = Names(bytes.Slice(at + 4, length));
        at += 4 + length;
        var values = new double[names.Length][];
        for (var c = 0; c < values.Length; c++) values[c] = Column(bytes, count, ref at);
        return new FurtherColumns(names, values);
    }

    private static string[] Names(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(json) is { Length: > 0 } names && Array.TrueForAll(names, n => n is not null)
                && names.Distinct(StringComparer.Ordinal).Count() == names.Length
                ? names : throw new BarMessageException("the names of its columns are none");
        }
        catch (JsonException e)
        {
            throw new BarMessageException("the names of its columns are none", e);
        }
    }

    private static BarMessage ReadJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (JsonNode.Parse(bytes) is not JsonObject json || json["granary"] is not { } version)
                throw new BarMessageException("it is JSON, but not a bar message of Granary");
            if ((int)version is < Plain or > Version)
                throw new BarMessageException($"it is of version {(int)version}, and this program reads version {Version}");
            var kind = (string?)json["kind"] switch
            {
                "bars" => FeedItemKind.Bars,
                "heartbeat" => FeedItemKind.Heartbeat,
                "end" =>
                FeedItemKind.End,
                var other => throw new BarMessageException($"its kind '{other}' is none")
            };
            var replay = Guid.Parse((string)json["replay"]!);
            var time = Time((string)json["time"]!);
            if (kind != FeedItemKind.Bars) return new BarMessage(kind, replay, null, null, time);
            var instrument = InstrumentJson.Read(JsonSerializer.SerializeToUtf8Bytes(json["instrument"]))
                ?? throw new BarMessageException("its instrument is none");
            if (!Timeframe.TryParse((string?)json["timeframe"], out var timeframe))
                throw new BarMessageException($"its timeframe '{json["timeframe"]}' is none");
            var rows = json["bars"]!.AsArray();
            if (rows.Count is < 1 or > BarBlock.MaxCount)
                throw new BarMessageException($"it has {rows.Count} bars, and a message has 1 to {BarBlock.MaxCount}");
            var names = json["columns"] is JsonArray columns ? Names(JsonSerializer.SerializeToUtf8Bytes(columns)) : null;
            var bars = new Bar[rows.Count];
            for (var i = 0; i < bars.Length; i++)
            {
                var row = rows[i]!.AsArray();
                bars[i] = new Bar(Time((string)row[0]!), (double)row[1]!, (double)row[2]!, (double)row[3]!, (double)row[4]!,
                    (double)row[5]!)
                {
                    Further = names is null ? null
                        : new FurtherValues(names, [.. names.Select((_, c) => row[6 + c] is { } value ? (double)value : double.NaN)]),
                };
            }
            return Checked(new BarMessage(kind, replay, new MarketSeries(instrument, timeframe.Value),
                BarBlock.FromBars((long)json["index"]!, bars), time));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException
            or ArgumentException or OverflowException)
        {
            throw new BarMessageException("it is not whole JSON of a message of bars", e);
        }
    }

    // a week before the maximum time, so that every bar has a close time
    private const long LastOpen = 3_155_378_975_999_999_999 - 7 * TimeSpan.TicksPerDay;

    // Messages are validated here, so that the reader of a block can trust it.
    private static BarMessage Checked(BarMessage message)
    {
        var bars = message.Bars!;
        if (AreGood(bars)) return message;
        var last = -1L;
        for (var i = 0; i < bars.Count; i++)
        {
            var b = bars[i];
            if (b.Time <= last || b.Time > LastOpen)
                throw new BarMessageException($"the time of its bar {i + 1} is not after the one before");
            last = b.Time;
            if (!IsGood(b.Open, b.High, b.Low, b.Close, b.Volume))
                throw new BarMessageException($"the prices of its bar {i + 1} ({Text(b.Time)}) contradict one another");
        }
        return message;
    }

    private static bool IsGood(double open, double high, double low, double close, double volume) =>
        low > 0 && low <= open && low <= close && open <= high && close <= high && double.IsFinite(high) && volume >= 0
            && double.IsFinite(volume);

    // Whether all bars are valid, checked several at a time; the invalid bar is located afterwards.
    private static bool AreGood(BarBlock bars)
    {
        var t = bars.Time;
        var o = bars.Open;
        var h = bars.High;
        var l = bars.Low;
        var c = bars.Close;
        var v = bars.Volume;
        var n = t.Length;
        if (t[0] < 0 || t[n - 1] > LastOpen) return false;
        var k = 1;
        for (; k <= n - Vector<long>.Count; k += Vector<long>.Count)
            if (!Vector.GreaterThanAll(new Vector<long>(t[k..]), new Vector<long>(t[(k - 1)..])))
                return false;
        for (; k < n; k++)
            if (t[k] <= t[k - 1])
                return false;
        var i = 0;
        var infinity = new Vector<double>(double.PositiveInfinity);
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            var open = new Vector<double>(o[i..]);
            var high = new Vector<double>(h[i..]);
            var low = new Vector<double>(l[i..]);
            var close = new Vector<double>(c[i..]);
            var volume = new Vector<double>(v[i..]);
            var good = Vector.GreaterThan(low, Vector<double>.Zero) & Vector.LessThanOrEqual(low, open) & Vector.LessThanOrEqual(low, close)
                & Vector.LessThanOrEqual(open, high) & Vector.LessThanOrEqual(close, high) & Vector.LessThan(high, infinity)
                & Vector.GreaterThanOrEqual(volume, Vector<double>.Zero) & Vector.LessThan(volume, infinity);
            if (!Vector.EqualsAll(good, Vector<long>.AllBitsSet)) return false;
        }
        for (; i < n; i++)
            if (!IsGood(o[i], h[i], l[i], c[i], v[i]))
                return false;
        return true;
    }

    private static Instrument Instrument(ReadOnlySpan<byte> json, Memory memory)
    {
        var checksum = Crc32C.Append(0, json);
        if (memory.Read.TryGetValue(checksum, out var known) && json.SequenceEqual(known.Json)) return known.Instrument;
        var read = InstrumentJson.Read(json) ?? throw new BarMessageException("its instrument is none");
        // Limits the memory that a stream of many instruments can use.
        if (memory.Read.Count >= 4096) memory.Read.Clear();
        memory.Read[checksum] = (json.ToArray(), read);
        return read;
    }

    private static Timeframe Length(long ticks)
    {
        foreach (var timeframe in Timeframe.All)
            if (timeframe.Ticks == ticks)
                return timeframe;
        throw new BarMessageException("its timeframe is none");
    }

    private static double[] Column(ReadOnlySpan<byte> bytes, int count, ref int at)
    {
        var column = GC.AllocateUninitializedArray<double>(count);
        bytes.Slice(at, count * 8).CopyTo(MemoryMarshal.AsBytes(column.AsSpan()));
        at += count * 8;
        return column;
    }

    private static void Put(ReadOnlySpan<byte> column, Span<byte> target, ref int at)
    {
        column.CopyTo(target[at..]);
        at += column.Length;
    }

    // The step between equidistant times; 0 if they are not equidistant.
    private static long Step(ReadOnlySpan<long> times)
    {
        if (times.Length < 2) return 0;
        var step = times[1] - times[0];
        for (var i = 2; i < times.Length; i++)
            if (times[i] - times[i - 1] != step)
                return 0;
        return step;
    }

    private static string Text(long ticks) =>
        new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    private static long Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).Ticks;
}
