using System.Globalization;
using System.Text.Json.Nodes;
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
        var (quoted, plain) = Strategy is null ? default : CsvLines.FormsOf(CsvText.Write(Strategy));
        CsvLines.Read(path, Take);
        var next = from + items.Count;
        return new FileRows(items, total, next < total ? next.ToString(CultureInfo.InvariantCulture) : null);

        void Take(ReadOnlySpan<byte> line)
        {
            if (header is null) header = CsvLines.Cells(line);
            else if (Strategy is null || CsvLines.Cell(line, 0) is var id && (id.SequenceEqual(quoted) || id.SequenceEqual(plain)))
            {
                if (total >= from && items.Count < Limit) items.Add(Row(header, CsvLines.Cells(line)));
                total++;
            }
        }
    }

    private static JsonObject Row(string[] header, string[] cells)
    {
        var row = new JsonObject();
        for (var i = 0; i < Math.Min(header.Length, cells.Length); i++)
        {
            if (cells[i].Length == 0) continue;
            row[CsvLines.KeyOf(header[i])] = i > 0
                && double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(CsvText.Read(cells[i]));
        }
        return row;
    }
}
