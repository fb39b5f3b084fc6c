using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Reporting.Runs;

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
    /// <param name="indexes">Finds the rows of a strategy; null = the whole file is read.</param>
    public SignalRows Of(string path, RowIndexes? indexes = null)
    {
        var first = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out first))
            throw new InputException($"cursor={Cursor} is in no list here; begin without a cursor");
        if (!File.Exists(path)) throw new InputException("this run has no signals.csv; run its batch with \"signals\" among its outputs");
        var (strategy, symbol, decision) = (Form.Of(Strategy), Form.Of(Symbol), Form.Of(Decision == Refused ? Accepted : Decision));
        string[]? header = null;
        int ofSymbol = 0, ofDecision = 0, ofProfit = 0, line = 0, total = 0;
        var items = new List<JsonObject>();
        var totals = new SortedDictionary<string, DecisionTotal>(StringComparer.Ordinal);
        if (Strategy is not null && indexes?.Of(path) is { } index) CsvLines.Read(path, index.Header, index.Of(Strategy), Take);
        else CsvLines.Read(path, Take);
        var next = first + items.Count;
        return new SignalRows(items, total, [.. totals.Values], next < total ? next.ToString(CultureInfo.InvariantCulture) : null);

        void Take(ReadOnlySpan<byte> row, long from, long end)
        {
            line++;
            if (header is null)
            {
                header = CsvLines.Cells(row);
                (ofSymbol, ofDecision, ofProfit) = (Column("symbol"), Column("decision"), Column("pnl_net"));
                return;
            }
            if (strategy?.Is(CsvLines.Cell(row, 0)) == false || symbol?.Is(CsvLines.Cell(row, ofSymbol)) == false) return;
            var cell = CsvLines.Cell(row, ofDecision);
            if (decision is not null && decision.Is(cell) == (Decision == Refused)) return;
            var name = Encoding.UTF8.GetString(cell.Trim((byte)'"'));
            var before = totals.GetValueOrDefault(name) ?? new DecisionTotal(name, 0, 0, 0, 0);
            totals[name] = before.With(Number(Encoding.UTF8.GetString(CsvLines.Cell(row, ofProfit)), path, line));
            if (total >= first && items.Count < Limit) items.Add(Row(header, CsvLines.Cells(row), path, line));
            total++;
        }

        int Column(string name) => Array.IndexOf(header, name) is >= 0 and var found ? found
            : throw new InputException($"{path}, line 1: there is no column '{name}'; run the batch again");
    }

    // A text to find, in both forms in which a cell may have it.
    private sealed record Form(byte[] Quoted, byte[] Plain)
    {
        public static Form? Of(string? text) =>
            text is null ? null : CsvLines.FormsOf(CsvText.Write(text)) is var (quoted, plain) ? new Form(quoted, plain) : null;

        public bool Is(ReadOnlySpan<byte> cell) => cell.SequenceEqual(Quoted) || cell.SequenceEqual(Plain);
    }

    private static JsonObject Row(string[] header, string[] cells, string path, int line)
    {
        var row = new JsonObject();
        for (var i = 0; i < Math.Min(header.Length, cells.Length); i++)
            if (cells[i].Length > 0)
                row[CsvLines.KeyOf(header[i])] = _numbers.Contains(header[i]) ? JsonValue.Create(Number(cells[i], path, line))
                    : JsonValue.Create(CsvText.Read(cells[i]));
        return row;
    }

    private static double? Number(string cell, string path, int line) => cell.Length == 0 ? null
        : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
        : throw new InputException($"{path}, line {line}: '{cell}' is not a number; run the batch again");
}
