using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for signals of a run, in the run's order.</summary>
/// <param name="Strategy">Id of the strategy; null = all.</param>
/// <param name="Symbol">Null = all.</param>
/// <param name="Decision">
/// Decision of the portfolio, such as <c>max-positions</c>; <c>refused</c> = all but <c>accepted</c>; null = all.
/// </param>
/// <param name="Cursor">A value of <see cref="SignalRows.Next"/>; null = start at the first signal.</param>
internal sealed record SignalQuery(int Limit, string? Strategy = null, string? Symbol = null, string? Decision = null,
    string? Cursor = null)
{
    private const string Accepted = "accepted", Refused = "refused";

    // Columns with numbers; all other columns are texts.
    private static readonly FrozenSet<string> _numbers = FrozenSet.Create(StringComparer.Ordinal, "number", "price", "quantity", "stop",
        "target", "entry_price", "exit_price", "pnl_net", "prediction", "model_size",
        "model_version", "dissimilarity");

    /// <summary>Conditions with commas between, such as <c>side=long,time&gt;=2022-01-01</c>; null = all signals.</summary>
    public string? Filter { get; init; }

    /// <summary>Without a cursor, the page begins at the first signal of this time or later, UTC ticks; null = at the first one.</summary>
    public long? At { get; init; }

    /// <summary>Returns a page of signals, and totals by decision over all matching signals.</summary>
    /// <param name="path">Path of the run's signals.csv.</param>
    /// <exception cref="InputException">The run has no such file, the file is damaged, or the cursor is invalid.</exception>
    /// <param name="indexes">Finds the rows of a strategy; null = the whole file is read.</param>
    public SignalRows Of(string path, RowIndexes? indexes = null)
    {
        var first = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out first))
            throw new InputException($"cursor={Cursor} is in no list here; begin without a cursor");
        Require(path);
        int line = 0, total = 0;
        var items = new List<JsonObject>();
        var totals = new SortedDictionary<string, DecisionTotal>(StringComparer.Ordinal);
        // The first page of a jump begins with the first signal that is late enough.
        var jumps = At is not null && Cursor is null;
        Read(path, indexes, (header, row, _) =>
        {
            line++;
            var name = Encoding.UTF8.GetString(header.Decision(row).Trim((byte)'"'));
            var before = totals.GetValueOrDefault(name) ?? new DecisionTotal(name, 0, 0, 0, 0);
            totals[name] = before.With(Number(Encoding.UTF8.GetString(header.Profit(row)), path, line + 1));
            if (jumps && UtcTicks.TryRead(Encoding.UTF8.GetString(CsvLines.Unquoted(header.Time(row)))) >= At)
                (jumps, first) = (false, total);
            if (!jumps && total >= first && items.Count < Limit) items.Add(Row(header.Names, CsvLines.Cells(row), path, line + 1));
            total++;
        });
        // None is: with the last one.
        if (jumps && total > 0) return (this with { Cursor = (total - 1).ToString(CultureInfo.InvariantCulture) }).Of(path, indexes);
        var next = first + items.Count;
        return new SignalRows(items, total, [.. totals.Values], next < total ? next.ToString(CultureInfo.InvariantCulture) : null)
        {
            Position = first,
        };
    }

    /// <summary>Returns the table of all signals that match, whatever the limit and the cursor.</summary>
    /// <inheritdoc cref="Of"/>
    /// <param name="schema">The columns that the file has.</param>
    public Table TableOf(string path, CsvSchema schema, RowIndexes? indexes = null)
    {
        Require(path);
        var columns = schema.Of(CsvLines.Header(path), Path.GetFileName(path));
        return new Table(columns, writer => Read(path, indexes, (_, row, from) => CsvLines.Write(writer, columns, row, path, from)));
    }

    private static void Require(string path)
    {
        if (!File.Exists(path)) throw new InputException("this run has no signals.csv; run its batch with \"signals\" among its outputs");
    }

    private delegate void Use(Header header, ReadOnlySpan<byte> row, long from);

    // Reads the rows that match.
    private void Read(string path, RowIndexes? indexes, Use use)
    {
        var (strategy, symbol, decision) = (Form.Of(Strategy), Form.Of(Symbol), Form.Of(Decision == Refused ? Accepted : Decision));
        Header? header = null;
        RowFilter? filter = null;
        if (Strategy is not null && indexes?.Of(path) is { } index) CsvLines.Read(path, index.Header, index.Of(Strategy), Take);
        else CsvLines.Read(path, Take);

        void Take(ReadOnlySpan<byte> row, long from, long end)
        {
            if (header is null)
            {
                header = Header.Of(CsvLines.Cells(row), path);
                filter = Filter is null ? null : RowFilter.Of(Filter, header.Names, path);
            }
            else if (strategy?.Is(CsvLines.Cell(row, 0)) != false && symbol?.Is(header.Symbol(row)) != false
                && (decision is null || decision.Is(header.Decision(row)) != (Decision == Refused))
                && filter?.Holds(row, header.Names) != false)
                use(header, row, from);
        }
    }

    // The places of the columns that a query uses.
    private sealed record Header(string[] Names, int OfSymbol, int OfTime, int OfDecision, int OfProfit)
    {
        public static Header Of(string[] names, string path)
        {
            int Column(string name) => Array.IndexOf(names, name) is >= 0 and var found ? found
                : throw new InputException($"{path}, line 1: there is no column '{name}'; run the batch again");
            return new Header(names, Column("symbol"), Column("time"), Column("decision"), Column("pnl_net"));
        }

        public ReadOnlySpan<byte> Symbol(ReadOnlySpan<byte> row) => CsvLines.Cell(row, OfSymbol);

        public ReadOnlySpan<byte> Time(ReadOnlySpan<byte> row) => CsvLines.Cell(row, OfTime);

        public ReadOnlySpan<byte> Decision(ReadOnlySpan<byte> row) => CsvLines.Cell(row, OfDecision);

        public ReadOnlySpan<byte> Profit(ReadOnlySpan<byte> row) => CsvLines.Cell(row, OfProfit);
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
