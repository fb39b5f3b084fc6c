using System.Globalization;
using System.Text;
using CsvHelper;

namespace Granary.Simulation.RunFolders;

/// <summary>Reads lines of a run's CSV file as bytes: it may have millions of lines, of which an answer shows a thousand.</summary>
internal static class CsvLines
{
    /// <summary>Uses a line, without its end.</summary>
    public delegate void Use(ReadOnlySpan<byte> line);

    /// <summary>Reads all lines in order, the header first.</summary>
    public static void Read(string path, Use use)
    {
        var (buffer, held) = (new byte[1 << 18], 0);
        using var file = File.OpenRead(path);
        while (file.Read(buffer.AsSpan(held)) is > 0 and var read)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, held + read);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..]) use(rest[..end].TrimEnd((byte)'\r'));
            rest.CopyTo(buffer);
            held = rest.Length;
            if (held == buffer.Length) Array.Resize(ref buffer, 2 * held);
        }
        if (held > 0) use(buffer.AsSpan(0, held).TrimEnd((byte)'\r'));
    }

    /// <summary>Returns the cells of a line as texts.</summary>
    public static string[] Cells(ReadOnlySpan<byte> line)
    {
        using var text = new StringReader(Encoding.UTF8.GetString(line).TrimStart('\uFEFF'));
        using var csv = new CsvParser(text, CultureInfo.InvariantCulture);
        return csv.Read() ? csv.Record! : [];
    }

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

    /// <summary>Returns both forms in which a cell may stand in a line.</summary>
    public static (byte[] Quoted, byte[] Plain) FormsOf(string cell) =>
        (Encoding.UTF8.GetBytes($"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""), Encoding.UTF8.GetBytes(cell));

    /// <summary>Returns the key of a column in JSON: entry_time is entryTime.</summary>
    public static string KeyOf(string column) =>
        string.Concat(column.Split('_').Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));

    // A comma between quotes does not end a cell; two quotes in a row end and begin again.
    private static int EndOf(ReadOnlySpan<byte> line)
    {
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '"') quoted = !quoted;
            else if (line[i] == ',' && !quoted) return i;
        return line.Length;
    }
}
