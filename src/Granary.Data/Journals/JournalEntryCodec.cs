using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Granary.Data.Journals;

/// <summary>
/// The entries of a frame: <c>length u32 · sequence i64 · recorded (ticks) i64 · kind, strategy, symbol (each u16 length and UTF-8) ·
/// JSON</c>, little-endian.
/// </summary>
internal static class JournalEntryCodec
{
    public static IEnumerable<JournalEntry> Read(byte[] frame)
    {
        for (var at = 0; at < frame.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(at));
            yield return Entry(frame.AsMemory(at + 4, length));
            at += 4 + length;
        }
    }

    private static JournalEntry Entry(ReadOnlyMemory<byte> bytes)
    {
        var s = bytes.Span;
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(s);
        var at = BinaryPrimitives.ReadInt64LittleEndian(s[8..]);
        var offset = 16;
        var kind = Text(s, ref offset);
        var strategy = Text(s, ref offset);
        var symbol = Text(s, ref offset);
        return new JournalEntry(sequence, new DateTimeOffset(at, TimeSpan.Zero), kind, strategy, symbol, bytes[offset..]);
    }

    private static string Text(ReadOnlySpan<byte> s, ref int offset)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(s[offset..]);
        var text = Encoding.UTF8.GetString(s.Slice(offset + 2, length));
        offset += 2 + length;
        return text;
    }

    public static void Write(ArrayBufferWriter<byte> to, JournalEntry entry)
    {
        var most = 4 + 16 + 6 + Encoding.UTF8.GetMaxByteCount(entry.Kind.Length + entry.Strategy.Length + entry.Symbol.Length)
            + entry.Body.Length;
        var span = to.GetSpan(most);
        BinaryPrimitives.WriteInt64LittleEndian(span[4..], entry.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], entry.At.UtcTicks);
        var offset = 20;
        foreach (var text in (ReadOnlySpan<string>)[entry.Kind, entry.Strategy, entry.Symbol])
        {
            var length = Encoding.UTF8.GetBytes(text, span[(offset + 2)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(span[offset..], checked((ushort)length));
            offset += 2 + length;
        }
        entry.Body.Span.CopyTo(span[offset..]);
        offset += entry.Body.Length;
        BinaryPrimitives.WriteInt32LittleEndian(span, offset - 4);
        to.Advance(offset);
    }
}
