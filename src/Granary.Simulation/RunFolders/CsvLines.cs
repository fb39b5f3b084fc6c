using System.Text;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Simulation.RunFolders;

/// <summary>Reads lines of a run's CSV file as bytes: it may have millions of lines, of which an answer shows a thousand.</summary>
internal static class CsvLines
{
    /// <summary>Uses a line, without its end.</summary>
    /// <param name="from">Where the line begins in the file, in bytes.</param>
    /// <param name="end">Where the next line begins.</param>
    public delegate void Use(ReadOnlySpan<byte> line, long from, long end);

    /// <summary>Reads all lines in order, the header first.</summary>
    public static void Read(Stream file, Use use) => Read(file, 0, long.MaxValue, use);

    /// <summary>Reads the header, and the lines of some ranges of the file.</summary>
    public static void Read(Stream file, long header, IEnumerable<(long From, long End)> ranges, Use use)
    {
        Read(file, 0, header, use);
        foreach (var (from, end) in ranges) Read(file, from, end, use);
    }

    private static void Read(Stream file, long from, long end, Use use)
    {
        var (buffer, held) = (new byte[Math.Min(1 << 18, end - from)], 0);
        file.Position = from;
        int Free() => (int)Math.Min(buffer.Length - held, end - from - held);
        while (from + held < end && file.Read(buffer.AsSpan(held, Free())) is > 0 and var read)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, held + read);
            for (int stop; (stop = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(stop + 1)..])
            {
                use(rest[..stop].TrimEnd((byte)'\r'), from, from + stop + 1);
                from += stop + 1;
            }
            rest.CopyTo(buffer);
            held = rest.Length;
            if (held == buffer.Length) Array.Resize(ref buffer, 2 * held);
        }
        if (held > 0) use(buffer.AsSpan(0, held).TrimEnd((byte)'\r'), from, from + held);
    }

    /// <summary>Returns the cells of a line as texts.</summary>
    public static string[] Cells(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("\uFEFF"u8)) line = line[3..];
        if (line.IsEmpty) return [];
        var cells = new List<string>();
        for (var rest = line; ;)
        {
            var end = EndOf(rest);
            cells.Add(Encoding.UTF8.GetString(Unquoted(rest[..end])));
            if (end == rest.Length) return [.. cells];
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>Writes a line as a row of a table.</summary>
    /// <param name="name">The name of the file, for messages.</param>
    /// <param name="from">Where the line begins in the file, in bytes.</param>
    public static void Write(RowWriter writer, IReadOnlyList<OutputColumn> columns, ReadOnlySpan<byte> line, string name, long from) =>
        CsvRow.Write(writer, columns, Cells(line), () => FormattableString.Invariant($"{name}, the line at byte {from}"));

    /// <summary>Returns a cell of the line with its quotes; empty if the line has no such cell.</summary>
    public static ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> line, int column)
    {
        for (; ; column--)
        {
            var end = EndOf(line);
            if (column <= 0) return line[..end];
            if (end == line.Length) return [];
            line = line[(end + 1)..];
        }
    }

    /// <summary>Returns the content of a cell between its quotes; two quotes in a row are one.</summary>
    public static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> cell) => cell.Length < 2 || cell[0] != '"' ? cell
        : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(cell[1..^1]).Replace("\"\"", "\"", StringComparison.Ordinal));

    /// <summary>Returns both forms in which a cell may stand in a line.</summary>
    public static (byte[] Quoted, byte[] Plain) FormsOf(string cell) =>
        (Encoding.UTF8.GetBytes($"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""), Encoding.UTF8.GetBytes(cell));

    /// <summary>Returns the key of a column in JSON: entry_time is entryTime.</summary>
    public static string KeyOf(string column) =>
        string.Concat(column.Split('_').Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));

    /// <summary>Finds where the cells of a line end, for as many cells as there are places.</summary>
    /// <param name="ends">Gets the ends; a cell that the line does not have ends at -1.</param>
    public static void FindEnds(ReadOnlySpan<byte> line, Span<int> ends)
    {
        var from = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            if (from > line.Length) ends[i] = -1;
            else
            {
                ends[i] = from + EndOf(line[from..]);
                from = ends[i] + 1;
            }
        }
    }

    /// <summary>Returns a cell of a line whose ends are known, with its quotes; empty if the line has no such cell.</summary>
    public static ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> line, ReadOnlySpan<int> ends, int column) =>
        ends[column] < 0 ? [] : column == 0 ? line[..ends[0]] : line[(ends[column - 1] + 1)..ends[column]];

    // A comma between quotes does not end a cell; two quotes in a row end and begin again.
    private static int EndOf(ReadOnlySpan<byte> line)
    {
        for (var i = 0; i < line.Length;)
        {
            var next = line[i..].IndexOfAny((byte)',', (byte)'"');
            if (next < 0) return line.Length;
            i += next;
            if (line[i] == ',') return i;
            var close = line[(i + 1)..].IndexOf((byte)'"');
            if (close < 0) return line.Length;
            i += close + 2;
        }
        return line.Length;
    }
}
