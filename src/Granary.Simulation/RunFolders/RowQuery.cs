using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using Granary.Contracts.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for rows of a run's CSV file in the run's order: the rows of one strategy, or all rows.</summary>
/// <param name="Strategy">Id of the strategy; null = all.</param>
/// <param name="Cursor">A value of <see cref="FileRows.Next"/>; null = start at the first row.</param>
public sealed record RowQuery(int Limit, string? Strategy = null, string? Cursor = null)
{
    /// <summary>Returns a page of rows of a file whose first column is the strategy.</summary>
    /// <param name="path">Path of a CSV file of a run, such as trades.csv.</param>
    /// <param name="absence">Error message if the file does not exist; null = a message that names the output that writes it.</param>
    /// <exception cref="InputException">The run has no such file, or the cursor cannot be used.</exception>
    public FileRows Of(string path, string? absence = null)
    {
        var from = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw ListCursor.Unknown(Cursor);
        var name = Path.GetFileNameWithoutExtension(path);
        if (!File.Exists(path))
            throw new InputException(absence ?? $"this run has no {name}.csv; run its batch with \"{name}\" among its outputs");
        string[]? header = null;
        var items = new List<JsonObject>();
        var total = 0;
        var (quoted, plain) = Strategy is null ? ([], []) : BeginningsOf(CsvText.Write(Strategy));
        // Bytes, since a file may have millions of lines, of which a page has a thousand: only those become text.
        var (buffer, held) = (new byte[1 << 18], 0);
        using var file = File.OpenRead(path);
        while (file.Read(buffer.AsSpan(held)) is > 0 and var read)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, held + read);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..]) Take(rest[..end]);
            rest.CopyTo(buffer);
            held = rest.Length;
            if (held == buffer.Length) Array.Resize(ref buffer, 2 * held);
        }
        if (held > 0) Take(buffer.AsSpan(0, held));
        var next = from + items.Count;
        return new FileRows(items, total, next < total ? next.ToString(CultureInfo.InvariantCulture) : null);

        void Take(ReadOnlySpan<byte> line)
        {
            if (header is null) header = Cells(Text(line).TrimStart('\uFEFF'));
            else if (line.StartsWith(quoted) || line.StartsWith(plain))
            {
                if (total >= from && items.Count < Limit) items.Add(Row(header, Cells(Text(line))));
                total++;
            }
        }
    }

    private static (byte[] Quoted, byte[] Plain) BeginningsOf(string cell) =>
        (Encoding.UTF8.GetBytes($"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\","), Encoding.UTF8.GetBytes($"{cell},"));

    private static string Text(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line).TrimEnd('\r');

    private static string[] Cells(string line)
    {
        using var text = new StringReader(line);
        using var csv = new CsvParser(text, CultureInfo.InvariantCulture);
        return csv.Read() ? csv.Record! : [];
    }

    private static JsonObject Row(string[] header, string[] cells)
    {
        var row = new JsonObject();
        for (var i = 0; i < Math.Min(header.Length, cells.Length); i++)
        {
            if (cells[i].Length == 0) continue;
            var key = string.Concat(header[i].Split('_').Select((w, n) => n == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));
            row[key] = i > 0 && double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(CsvText.Read(cells[i]));
        }
        return row;
    }
}
