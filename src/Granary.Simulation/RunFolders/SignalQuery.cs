using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;
using Granary.Contracts.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for signals of a run, in the run's order.</summary>
/// <param name="Strategy">Id of the strategy; null = all.</param>
/// <param name="Symbol">Null = all.</param>
/// <param name="Decision">
/// Decision of the portfolio, such as <c>max-positions</c>; <c>refused</c> = all but <c>accepted</c>; null = all.
/// </param>
/// <param name="Cursor">A value of <see cref="SignalRows.Next"/>; null = start at the first signal.</param>
public sealed record SignalQuery(int Limit, string? Strategy = null, string? Symbol = null, string? Decision = null,
    string? Cursor = null)
{
    private const string Accepted = "accepted", Refused = "refused";

    // Columns with numbers; all other columns are texts.
    private static readonly FrozenSet<string> _numbers = FrozenSet.Create(StringComparer.Ordinal, "number", "price", "quantity", "stop",
        "target", "entry_price", "exit_price", "pnl_net", "prediction", "model_size",
        "model_version", "dissimilarity");

    /// <summary>Returns a page of signals, and totals by decision over all matching signals.</summary>
    /// <param name="path">Path of the run's signals.csv.</param>
    /// <exception cref="InputException">The run has no such file, the file is damaged, or the cursor is invalid.</exception>
    public SignalRows Of(string path)
    {
        var from = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw new InputException($"cursor={Cursor} is in no list here; begin without a cursor");
        if (!File.Exists(path)) throw new InputException("this run has no signals.csv; run its batch with \"signals\" among its outputs");
        using var text = new StreamReader(path);
        using var csv = new CsvReader(text, CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var header = csv.HeaderRecord!;
        var items = new List<JsonObject>();
        var totals = new SortedDictionary<string, DecisionTotal>(StringComparer.Ordinal);
        var total = 0;
        while (csv.Read())
        {
            if (!Wants(csv)) continue;
            var decision = csv.GetField("decision")!;
            var before = totals.GetValueOrDefault(decision) ?? new DecisionTotal(decision, 0, 0, 0, 0);
            totals[decision] = before.With(Number(csv.GetField("pnl_net")!, path, csv.Parser.Row));
            if (total >= from && items.Count < Limit) items.Add(Row(csv, header, path));
            total++;
        }
        var next = from + items.Count;
        return new SignalRows(items, total, [.. totals.Values], next < total ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    private bool Wants(CsvReader row) => (Strategy is null || CsvText.Read(row.GetField("strategy")!) == Strategy)
        && (Symbol is null || CsvText.Read(row.GetField("symbol")!) == Symbol)
        && (Decision is null || (Decision == Refused ? row.GetField("decision") != Accepted : row.GetField("decision") == Decision));

    private static JsonObject Row(CsvReader csv, string[] header, string path)
    {
        var row = new JsonObject();
        foreach (var column in header)
        {
            var cell = csv.GetField(column)!;
            if (cell.Length == 0) continue;
            var name = string.Concat(column.Split('_').Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));
            row[name] = _numbers.Contains(column) ? JsonValue.Create(Number(cell, path, csv.Parser.Row)) : JsonValue.Create(CsvText
                .Read(cell));
        }
        return row;
    }

    private static double? Number(string cell, string path, int line) => cell.Length == 0 ? null
        : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
        : throw new InputException($"{path}, line {line}: '{cell}' is not a number; run the batch again");
}
