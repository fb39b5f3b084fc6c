using System.Buffers.Binary;
using System.Globalization;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Postgres.Bars;

/// <summary>
/// Reads and writes bars in PostgreSQL's binary COPY format: big-endian, a length before each field, times in microseconds since 2000.
/// </summary>
internal static class BinaryCopy
{
    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Writes rows of (market, time, open, high, low, close, volume, adjusted[, further]).</summary>
    /// <param name="further">
    /// Names of the further columns in the order of the array; null leaves the array out. A column that the bars do not have is null.
    /// </param>
    public static async Task WriteAsync(Stream stream, int market, IEnumerable<BarColumns> pieces, string[]? further,
        CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Header, cancellationToken).ConfigureAwait(false);
        var buffer = Array.Empty<byte>();
        foreach (var piece in pieces)
        {
            var row = 2 + 8 + 7 * 12 + (further is null ? 0 : 24 + 12 * further.Length);
            if (buffer.Length < piece.Count * row) buffer = new byte[piece.Count * row];
            await stream.WriteAsync(buffer.AsMemory(0, Encode(piece, market, further, buffer)), cancellationToken).ConfigureAwait(false);
        }
        await stream.WriteAsync(new byte[] { 0xFF, 0xFF }, cancellationToken).ConfigureAwait(false);
    }

    private static int Encode(BarColumns bars, int market, string[]? further, Span<byte> target)
    {
        int[] places = [.. (further ?? []).Select(f => bars.FurtherNames is { } names ? Array.IndexOf(names, f) : -1)];
        var at = 0;
        for (var i = 0; i < bars.Count; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(target[at..], (short)(further is null ? 8 : 9));
            BinaryPrimitives.WriteInt32BigEndian(target[(at + 2)..], 4);
            BinaryPrimitives.WriteInt32BigEndian(target[(at + 6)..], market);
            BinaryPrimitives.WriteInt32BigEndian(target[(at + 10)..], 8);
            BinaryPrimitives.WriteInt64BigEndian(target[(at + 14)..], Microseconds(bars.Time[i]));
            at += 22;
            Put(target, ref at, bars.Open[i]);
            Put(target, ref at, bars.High[i]);
            Put(target, ref at, bars.Low[i]);
            Put(target, ref at, bars.Close[i]);
            Put(target, ref at, bars.Volume[i]);
            if (bars.Adjusted is { } adjusted)
            {
                Put(target, ref at, adjusted[i]);
            }
            else
            {
                BinaryPrimitives.WriteInt32BigEndian(target[at..], -1);
                at += 4;
            }
            if (further is not null) PutArray(target, ref at, bars, i, places);
        }
        return at;
    }

    // One dimension, its lower bound 1; each element with its length, or -1 for null.
    private static void PutArray(Span<byte> target, ref int at, BarColumns bars, int row, int[] places)
    {
        const int Float8 = 701;
        var start = at;
        at += 4;
        foreach (var number in (ReadOnlySpan<int>)[1, places.Contains(-1) ? 1 : 0, Float8, places.Length, 1])
        {
            BinaryPrimitives.WriteInt32BigEndian(target[at..], number);
            at += 4;
        }
        foreach (var place in places)
            if (place >= 0) Put(target, ref at, bars.Further[place][row]);
            else
            {
                BinaryPrimitives.WriteInt32BigEndian(target[at..], -1);
                at += 4;
            }
        BinaryPrimitives.WriteInt32BigEndian(target[start..], at - start - 4);
    }

    private static void Put(Span<byte> target, ref int at, double value)
    {
        BinaryPrimitives.WriteInt32BigEndian(target[at..], 8);
        BinaryPrimitives.WriteDoubleBigEndian(target[(at + 4)..], value);
        at += 12;
    }

    private static long Microseconds(long ticks)
    {
        if (ticks % TimeSpan.TicksPerMicrosecond != 0)
            throw new BarDataException(
                $"the bar of "
                    + $"{new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture)} "
                    + $"opens between two microseconds, which PostgreSQL cannot keep; round its time");
        return (ticks - Epoch) / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>Reads rows of (time, open, high, low, close, volume[, adjusted][, a number for each further column]) in pieces.</summary>
    /// <exception cref="InvalidDataException">The stream does not contain such rows.</exception>
    public static async IAsyncEnumerable<BarColumns> ReadAsync(Stream stream, bool withAdjusted, string[]? further, int pieceSize,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fields = (withAdjusted ? 7 : 6) + (further?.Length ?? 0);
        var row = 2 + fields * 12;
        var buffer = new byte[Math.Max(1 << 17, row * 4)];
        int have = 0, at = 0;
        var started = false;
        var piece = new BarColumns(pieceSize, withAdjusted, further);
        while (true)
        {
            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
            at = 0;
            var read = await stream.ReadAsync(buffer.AsMemory(have), cancellationToken).ConfigureAwait(false);
            have += read;
            if (!started)
            {
                if (have < Header.Length && read > 0) continue;
                if (have < Header.Length || !buffer.AsSpan(0, 11).SequenceEqual(Header.AsSpan(0, 11)))
                    throw new InvalidDataException("the server's answer is not a binary COPY");
                at = Header.Length;
                started = true;
            }
            while (have - at >= 2)
            {
                if (BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(at)) == -1)
                {
                    if (piece.Count > 0) yield return piece;
                    yield break;
                }
                if (have - at < row) break;
                Decode(buffer.AsSpan(at, row), fields, piece);
                at += row;
                if (piece.Count < pieceSize) continue;
                yield return piece;
                piece = new BarColumns(pieceSize, withAdjusted, further);
            }
            if (read == 0) throw new IOException("the server's answer ended in the middle of a row");
        }
    }

    private static void Decode(ReadOnlySpan<byte> row, int fields, BarColumns piece)
    {
        if (BinaryPrimitives.ReadInt16BigEndian(row) != fields)
            throw new InvalidDataException("a row of the server's answer has another number of fields");
        var i = piece.Count;
        piece.Time[i] = BinaryPrimitives.ReadInt64BigEndian(row[6..]) * TimeSpan.TicksPerMicrosecond + Epoch;
        piece.Open[i] = BinaryPrimitives.ReadDoubleBigEndian(row[18..]);
        piece.High[i] = BinaryPrimitives.ReadDoubleBigEndian(row[30..]);
        piece.Low[i] = BinaryPrimitives.ReadDoubleBigEndian(row[42..]);
        piece.Close[i] = BinaryPrimitives.ReadDoubleBigEndian(row[54..]);
        piece.Volume[i] = BinaryPrimitives.ReadDoubleBigEndian(row[66..]);
        if (piece.Adjusted is not null) piece.Adjusted[i] = BinaryPrimitives.ReadDoubleBigEndian(row[78..]);
        var first = piece.HasAdjusted ? 90 : 78;
        for (var f = 0; f < piece.Further.Length; f++)
            piece.Further[f][i] = BinaryPrimitives.ReadDoubleBigEndian(row[(first + 12 * f)..]);
        piece.Count = i + 1;
    }

    /// <summary>Converts a time to an SQL literal.</summary>
    public static string Literal(long ticks) =>
        $"'{new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'::timestamptz";
}
