using System.Text;
using System.Text.Json;
using Granary.Data.Files;
using Granary.Data.Tables;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Finds the symbols in a file, in one pass that parses nothing else.</summary>
internal static class SymbolScan
{
    private const int PieceSize = 256 << 10;

    private delegate int Piece(ReadOnlySpan<byte> text, bool last);

    /// <summary>Returns the values of a table's symbol column. Invalid rows are left to the parser.</summary>
    public static IReadOnlyList<string> OfRows(TextFile file, RowLayout layout)
    {
        var (column, delimiter, header) = (Array.IndexOf(layout.Columns, ColumnRole.Symbol), layout.Delimiter, layout.HeaderLines);
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        var before = Array.Empty<byte>();
        Read(file, (text, last) =>
        {
            var used = 0;
            while (text[used..].IndexOf((byte)'\n') is >= 0 and var end || last && used < text.Length && (end = text.Length - used) >= 0)
            {
                var line = text.Slice(used, end).TrimEnd((byte)'\r');
                used = Math.Min(text.Length, used + end + 1);
                if (header > 0)
                {
                    header--;
                    continue;
                }
                if (RowField.Of(line, delimiter, column) is not { IsEmpty: false } symbol || symbol.SequenceEqual(before)
                    || line.Count(delimiter) < layout.Columns.Length - 1) continue;
                before = symbol.ToArray();
                symbols.Add(Encoding.UTF8.GetString(before));
            }
            return used;
        });
        return [.. symbols];
    }

    /// <summary>Returns the values of a typed table's symbol column.</summary>
    /// <exception cref="BarDataException">The file is damaged.</exception>
    public static IReadOnlyList<string> OfTable(TextFile file, RowLayout layout)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        using var table = file.OpenTable(layout.Table!);
        var column = Array.IndexOf(layout.Columns, ColumnRole.Symbol);
        using var reader = table.Read([column], TableBatch.UsualCount);
        string? before = null;
        while (reader.Next() is { } batch)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var symbol = TableText.Of(table.Columns[column], batch.Columns[0], i).Trim();
                if (symbol.Length == 0 || symbol == before) continue;
                symbols.Add(before = symbol);
            }
        }
        return [.. symbols];
    }

    /// <summary>Returns the names of the lists inside a JSON object.</summary>
    public static IReadOnlyList<string> OfJson(TextFile file)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        var state = default(JsonReaderState);
        var name = "";
        try
        {
            Read(file, (text, last) =>
            {
                var reader = new Utf8JsonReader(text, last, state);
                while (reader.Read())
                {
                    if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 2) name = reader.GetString()!;
                    else if (reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 2) symbols.Add(name);
                }
                state = reader.CurrentState;
                return (int)reader.BytesConsumed;
            });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser reports what is wrong with the text.
        }
        return [.. symbols];
    }

    /// <summary>Returns the values of a member of JSON records.</summary>
    /// <param name="depth">The depth of the records' members.</param>
    public static IReadOnlyList<string> OfMember(TextFile file, string member, int depth)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        var state = default(JsonReaderState);
        var isSymbol = false;
        try
        {
            Read(file, (text, last) =>
            {
                var reader = new Utf8JsonReader(text, last, state);
                while (reader.Read())
                {
                    if (reader.CurrentDepth != depth) continue;
                    if (reader.TokenType == JsonTokenType.PropertyName) isSymbol = reader.ValueTextEquals(member);
                    else if (isSymbol && reader.TokenType == JsonTokenType.String) symbols.Add(reader.GetString()!.Trim());
                    else if (isSymbol && reader.TokenType == JsonTokenType.Number) symbols.Add(Encoding.UTF8.GetString(reader.ValueSpan));
                }
                state = reader.CurrentState;
                return (int)reader.BytesConsumed;
            });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser reports what is wrong with the text.
        }
        return [.. symbols];
    }

    private static void Read(TextFile file, Piece take)
    {
        using var stream = file.OpenRead();
        var buffer = new byte[PieceSize];
        var (have, last, start) = (0, false, true);
        while (!last)
        {
            var n = stream.ReadAtLeast(buffer.AsSpan(have), buffer.Length - have, throwOnEndOfStream: false);
            have += n;
            last = have < buffer.Length;
            var text = buffer.AsSpan(0, have);
            var mark = start && text.StartsWith("\uFEFF"u8) ? 3 : 0;
            start = false;
            var used = mark + take(text[mark..], last);
            buffer.AsSpan(used, have - used).CopyTo(buffer);
            have -= used;
            // The record is longer than a piece.
            if (used == 0) Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}
