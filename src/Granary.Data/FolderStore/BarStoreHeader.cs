using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Data.Reading;
using Granary.Data.Streaming;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.FolderStore;

/// <summary>
/// The first bytes of a bar file: little-endian at fixed offsets, then the instrument as JSON, padded with zeros to whole 4 KB.
/// <code>
///   0  "GRBARS\r\n";     8 version;  12 flags (1: adjusted close);  16 count;      24 timeframe in ticks;
///  32 bars a segment;   36 header's length;                         40 first time; 48 last time;
///  56 SHA-256 of the raw bars;       88 SHA-256 of the adjusted bars;
/// 120 CRC-32C of the checksum table; 124 CRC-32C of the header without these four bytes;
/// 128 length of the JSON;           132 JSON.
/// </code>
/// Segments of 4,096 bars follow, each as whole columns: time as 64-bit ticks, then open, high, low, close, volume, the optional
/// adjusted close and the optional further columns as doubles. The file ends with one CRC-32C for each segment. A file with further
/// columns is of version 2, has the flag 2, and behind the JSON the length of a JSON list of their names (32 bits) and the list. The
/// hashes of the bars leave them out.
/// </summary>
internal sealed record BarStoreHeader
{
    public const int SegmentSize = 4096;
    private const int Version = 2;
    private const int Plain = 1;
    private const int Fixed = 132;
    private const int Page = 4096;
    private const int LongestHeader = 1 << 20;

    public required Instrument Instrument { get; init; }

    public required Timeframe Timeframe { get; init; }

    public required long Count { get; init; }

    public required bool HasAdjusted { get; init; }

    /// <summary>Names of the further columns, in order.</summary>
    public string[] Further { get; init; } = [];

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    /// <summary>SHA-256 of the raw bars, lower-case hex.</summary>
    public required string RawHash { get; init; }

    /// <summary>SHA-256 of the adjusted bars, lower-case hex; of the raw bars if there is no adjusted close.</summary>
    public required string AdjustedHash { get; init; }

    public required uint TableChecksum { get; init; }

    public int Length { get; init; }

    public int BytesPerBar => BarColumns.BytesPerBar(HasAdjusted, Further.Length);

    public long Segments => (Count + SegmentSize - 1) / SegmentSize;

    public long TableOffset => Length + Count * BytesPerBar;

    public long FileLength => TableOffset + Segments * 4;

    public static int LengthFor(Instrument instrument, string[] further) =>
        RoundUp(Fixed + InstrumentJson.Bytes(instrument).Length + NamesOf(further).Length);

    private static byte[] NamesOf(string[] further)
    {
        if (further.Length == 0) return [];
        var json = JsonSerializer.SerializeToUtf8Bytes(further);
        byte[] bytes = [.. new byte[sizeof(int)], .. json];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, json.Length);
        return bytes;
    }

    private static int RoundUp(int length) => (length + Page - 1) / Page * Page;

    public byte[] ToBytes()
    {
        var json = InstrumentJson.Bytes(Instrument);
        var names = NamesOf(Further);
        var bytes = new byte[RoundUp(Fixed + json.Length + names.Length)];
        "GRBARS\r\n"u8.CopyTo(bytes);
        var s = bytes.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(s[8..], names.Length == 0 ? Plain : Version);
        BinaryPrimitives.WriteInt32LittleEndian(s[12..], (HasAdjusted ? 1 : 0) | (names.Length == 0 ? 0 : 2));
        BinaryPrimitives.WriteInt64LittleEndian(s[16..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(s[24..], Timeframe.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(s[32..], SegmentSize);
        BinaryPrimitives.WriteInt32LittleEndian(s[36..], bytes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(s[40..], FirstTime);
        BinaryPrimitives.WriteInt64LittleEndian(s[48..], LastTime);
        Convert.FromHexString(RawHash).CopyTo(s[56..]);
        Convert.FromHexString(AdjustedHash).CopyTo(s[88..]);
        BinaryPrimitives.WriteUInt32LittleEndian(s[120..], TableChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(s[128..], json.Length);
        json.CopyTo(s[Fixed..]);
        names.CopyTo(s[(Fixed + json.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(s[124..], Checksum(s));
        return bytes;
    }

    // The header's own checksum counts as zero while it is computed.
    private static uint Checksum(ReadOnlySpan<byte> header) =>
        Crc32C.Append(Crc32C.Append(Crc32C.Append(0, header[..124]), [0, 0, 0, 0]), header[128..]);

    /// <returns>The header, or null with the reason in the parameter.</returns>
    public static BarStoreHeader? Parse(ReadOnlySpan<byte> file, long fileLength, out string? fault)
    {
        fault = "it is not a bar file";
        if (file.Length < Page || !file.StartsWith("GRBARS\r\n"u8)) return null;
        var version = BinaryPrimitives.ReadInt32LittleEndian(file[8..]);
        fault = $"it is of version {version}, and this program reads version {Version}";
        if (version is < Plain or > Version) return null;
        fault = "its header is damaged";
        var length = BinaryPrimitives.ReadInt32LittleEndian(file[36..]);
        var json = BinaryPrimitives.ReadInt32LittleEndian(file[128..]);
        if (length < Page || length > LongestHeader || length > file.Length || json < 0 || Fixed + json > length) return null;
        if (Checksum(file[..length]) != BinaryPrimitives.ReadUInt32LittleEndian(file[124..])) return null;
        var count = BinaryPrimitives.ReadInt64LittleEndian(file[16..]);
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(file[24..]);
        Timeframe? timeframe = null;
        foreach (var t in Timeframe.All)
            if (t.Ticks == ticks)
                timeframe = t;
        if (timeframe is null || count <= 0 || count > long.MaxValue / 64
            || BinaryPrimitives.ReadInt32LittleEndian(file[32..]) != SegmentSize) return null;
        if (InstrumentJson.Read(file.Slice(Fixed, json)) is not { } instrument) return null;
        var further = (BinaryPrimitives.ReadInt32LittleEndian(file[12..]) & 2) == 0 ? [] : Names(file[(Fixed + json)..length]);
        if (further is null) return null;
        var header = new BarStoreHeader
        {
            Instrument = instrument,
            Timeframe = timeframe.Value,
            Count = count,
            HasAdjusted = (BinaryPrimitives.ReadInt32LittleEndian(file[12..]) & 1) != 0,
            FirstTime = BinaryPrimitives.ReadInt64LittleEndian(file[40..]),
            LastTime = BinaryPrimitives.ReadInt64LittleEndian(file[48..]),
            RawHash = Convert.ToHexStringLower(file.Slice(56, 32)),
            AdjustedHash = Convert.ToHexStringLower(file.Slice(88, 32)),
            TableChecksum = BinaryPrimitives.ReadUInt32LittleEndian(file[120..]),
            Length = length,
            Further = further,
        };
        fault = fileLength < header.FileLength ? "it is cut off" : "it is longer than its header says";
        if (fileLength != header.FileLength) return null;
        fault = null;
        return header;
    }

    // The names behind the instrument; null if they are damaged.
    private static string[]? Names(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(int)) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 2 || length > bytes.Length - sizeof(int)) return null;
        try
        {
            return JsonSerializer.Deserialize<string[]>(bytes.Slice(sizeof(int), length));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
