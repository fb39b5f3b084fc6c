using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;
using Granary.Contracts.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Which rows of a run's CSV file are wanted, in the run's order: those of one strategy, or all.</summary>
/// <param name="Strategy">Its id; null = of all.</param>
/// <param name="Cursor">As <see cref="FileRows.Next"/> gave it; null begins at the first.</param>
public sealed record RowQuery(int Limit, string? Strategy = null, string? Cursor = null)
{
    /// <summary>The page of the rows of a file whose first column is the strategy.</summary>
    /// <param name="path">A CSV file of a run, as trades.csv.</param>
    /// <param name="absence">What is said where there is no such file; null names the output that writes it.</param>
    /// <exception cref="InputException">The run has no such file, or the cursor cannot be used.</exception>
    public FileRows Of(string path, string? absence = null)
    {
        var from = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw ListCursor.Unknown(Cursor);
        var name = Path.GetFileNameWithoutExtension(path);
        if (!File.Exists(path))
            throw new InputException(absence ?? $"this run has no {name}.csv; run its batch with \"{name}\" among its outputs");
        using var lines = File.ReadLines(path).GetEnumerator();
        var header = lines.MoveNext() ? Cells(lines.Current) : [];
        var items = new List<JsonObject>();
        var total = 0;
        // Most lines are of other strategies: they are not taken apart.
        var beginnings = Strategy is null ? null
            : BeginningsOf(CsvText.Write(Strategy));
        while (lines.MoveNext())
        {
            if (beginnings is not null && !Array.Exists(beginnings, b => lines.Current.StartsWith(b, StringComparison.Ordinal))) continue;
            if (total >= from && items.Count < Limit) items.Add(Row(header, Cells(lines.Current)));
            total++;
        }
        var next = from + items.Count;
        return new FileRows(items, total, next < total ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static string[] BeginningsOf(string cell) => [$"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\",", $"{cell},"];

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
