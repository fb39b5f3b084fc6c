using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for rows of a run's CSV file: the rows of one strategy or all, of a span or all, in the run's order or sorted.</summary>
/// <param name="Strategy">Id of the strategy; null = all.</param>
/// <param name="Cursor">A value of <see cref="FileRows.Next"/>; null = start at the first row.</param>
internal sealed record RowQuery(int Limit, string? Strategy = null, string? Cursor = null)
{
    // The column whose time decides whether a trade is in a span: trades belong to the time at which they were closed. A file whose first
    // column is the time has no strategies.
    private const string SpanColumn = "exit_time", ReasonColumn = "exit_reason", TimeColumn = "time";

    private static ReadOnlySpan<byte> Open => "open"u8;

    /// <summary>A key of the rows, with '-' in front for the largest first; null = the run's order. Ties keep the run's order.</summary>
    public string? Sort { get; init; }

    /// <summary>The first time, UTC ticks; null = from the first row. Only for files of trades.</summary>
    public long? From { get; init; }

    /// <summary>The exclusive end, UTC ticks; null = to the last row. Only for files of trades.</summary>
    public long? To { get; init; }

    /// <summary>Conditions with commas between, such as <c>symbol=ACME,pnlNet&gt;0</c>; null = all rows.</summary>
    public string? Filter { get; init; }

    /// <summary>Conditions beside those of <see cref="Filter"/>, whose values can have commas.</summary>
    public IReadOnlyList<RowCondition> Also { get; init; } = [];

    /// <summary>Whether the signals that match are counted by decision.</summary>
    public bool CountsDecisions { get; init; }

    /// <summary>
    /// Without a cursor, the page begins at the first row of this time or later, UTC ticks; of rows in descending order of a time, at this
    /// time or before. Null = at the first row.
    /// </summary>
    public long? At { get; init; }

    /// <summary>Returns a page of rows of a file of a run, such as trades.csv.</summary>
    /// <inheritdoc cref="RowText.OfFile"/>
    public FileRows Of(string path, string? absence = null, RowIndexes? indexes = null) =>
        Of(RowText.OfFile(path, absence, indexes));

    /// <summary>Returns a page of rows.</summary>
    /// <exception cref="InputException">The cursor, the order or a condition cannot be used.</exception>
    public FileRows Of(RowText rows)
    {
        var from = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw ListCursor.Unknown(Cursor);
        // All rows are read once, in order; pages are taken from the places of the rows.
        if (Sort is null && At is null && Limit == int.MaxValue) return InOrder(rows, from);
        var view = ViewOf(rows);
        if (At is { } time && Cursor is null)
            from = view.Times is null
                ? throw new InputException($"at: the rows of {rows.Name} have no time; leave it out")
                : view.PositionOf(time, IsDescending && IsInTime(ColumnName(Sort)));
        var (items, names) = (new List<JsonObject>(), default(string[]));
        rows.Read(view.Header, view.Ranges(from, Limit), (line, _, _) =>
        {
            if (names is null) names = CsvLines.Cells(line);
            else items.Add(Row(names, CsvLines.Cells(line)));
        });
        return Page(items, from, view.Rows.Count);
    }

    /// <summary>Returns the places of all rows that match, in order.</summary>
    public RowView ViewOf(RowText rows) => rows.View(Name, () => Make(rows));

    /// <summary>Returns the table of all rows that match, whatever the limit and the cursor.</summary>
    /// <param name="schema">The columns that the text has.</param>
    public Table TableOf(RowText rows, CsvSchema schema)
    {
        var columns = schema.Of(rows.Header(), rows.Name);
        // Bad conditions are reported before the answer begins.
        var view = ViewOf(rows);
        return new Table(columns, writer =>
        {
            var isHeader = true;
            rows.Read(view.Header, view.Ranges(0, int.MaxValue), (line, from, _) =>
            {
                if (!isHeader) CsvLines.Write(writer, columns, line, rows.Name, from);
                isHeader = false;
            });
        });
    }

    private FileRows InOrder(RowText rows, int from)
    {
        var (items, total) = (new List<JsonObject>(), 0);
        Read(rows, (header, line, _, _) =>
        {
            if (total >= from) items.Add(Row(header, CsvLines.Cells(line)));
            total++;
        });
        return Page(items, from, total);
    }

    // The parts of the query that decide the rows of a view and their order.
    private string Name => string.Join('\n', (object?[])
        [Strategy, Sort, Filter, From, To, CountsDecisions, .. Also.Select(c => c.Key + c.Operator + c.Value)]);

    private bool IsDescending => Sort?.StartsWith('-') == true;

    // Only the cells to sort by stay in memory; the rows are read again.
    private RowView Make(RowText text)
    {
        var key = Sort?.TrimStart('-');
        var (column, time, decision, profit) = (-1, -1, -1, -1);
        var (places, times, end, totals) = (new List<(long From, long End)>(), new List<long>(), 0L, new DecisionTotals());
        RowOrder? order = null;
        Read(text, (_, line, ends, place) =>
        {
            order?.Add(CsvLines.Unquoted(CsvLines.Cell(line, ends, column)));
            places.Add(place);
            if (time >= 0) times.Add(UtcTicks.TryRead(CsvLines.Unquoted(CsvLines.Cell(line, ends, time))) ?? long.MaxValue);
            if (decision >= 0) totals.Add(CsvLines.Unquoted(CsvLines.Cell(line, ends, decision)), CsvLines.Cell(line, ends, profit));
        }, (header, after) =>
        {
            end = after;
            if (key is not null)
            {
                column = ColumnOf(header, key, text.Name);
                order = new RowOrder(IsDescending, RowFilter.IsTime(header[column]));
            }
            time = TimeOf(header, column >= 0 && RowFilter.IsTime(header[column]) ? column : -1);
            if (CountsDecisions) (decision, profit) = (Needed(header, "decision", text.Name), Needed(header, "pnl_net", text.Name));
            return Math.Max(Math.Max(column, time), Math.Max(decision, profit)) + 1;
        });
        if (order is null) return new RowView(end, places, time < 0 ? null : times, totals.All());
        var rows = order.Rows();
        return new RowView(end, [.. rows.Select(r => places[r])], time < 0 ? null : [.. rows.Select(r => times[r])], totals.All());
    }

    // A jump goes by the times that the rows are sorted by, else by those of the entries; -1 where there are none.
    private static int TimeOf(string[] header, int sorted) => sorted >= 0 ? sorted
        : Array.IndexOf(header, TimeColumn) is >= 0 and var time ? time
        : Array.IndexOf(header, "entry_time") is >= 0 and var entry ? entry : Array.FindIndex(header, RowFilter.IsTime);

    // Whether rows that are sorted by a column are in the order of their times: the entries of a journal have numbers.
    private static bool IsInTime(string column) => column == "sequence" || RowFilter.IsTime(column);

    private static string ColumnName(string? key) => key is null ? ""
        : string.Concat(key.TrimStart('-').Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));

    private FileRows Page(List<JsonObject> items, int from, int total)
    {
        var next = from + items.Count;
        return new FileRows(items, total, next < total ? next.ToString(CultureInfo.InvariantCulture) : null) { Position = from };
    }

    private delegate void Use(string[] header, ReadOnlySpan<byte> line, ReadOnlySpan<int> ends, (long From, long End) place);

    // Reads the rows that match.
    // headed: gets the header and its end, and returns the number of cells that the caller reads of each row.
    private void Read(RowText text, Use use, Func<string[], long, int>? headed = null)
    {
        string[]? header = null;
        RowFilter? filter = null;
        int[] ends = [];
        var (span, reason) = (-1, -1);
        var (quoted, plain) = Strategy is null ? default : CsvLines.FormsOf(CsvText.Write(Strategy));
        text.Read(Strategy, (line, from, end) =>
        {
            if (header is null)
            {
                header = CsvLines.Cells(line);
                (span, reason) = (SpanOf(header, text.Name), Array.IndexOf(header, ReasonColumn));
                filter = RowFilter.Of([.. Also, .. RowCondition.All(Filter)], header, text.Name);
                var cells = Math.Max(headed?.Invoke(header, end) ?? 0, filter.Cells);
                ends = new int[Math.Max(cells, Math.Max(span < 0 ? 0 : Math.Max(span, reason) + 1, Strategy is null ? 0 : 1))];
                return;
            }
            CsvLines.FindEnds(line, ends);
            if (Strategy is not null && CsvLines.Cell(line, ends, 0) is var id && !id.SequenceEqual(quoted) && !id.SequenceEqual(plain))
                return;
            if (span >= 0 && !IsWithin(CsvLines.Cell(line, ends, span))) return;
            // A trade that is open at the end was closed in no part of the run.
            if (span >= 0 && reason >= 0 && CsvLines.Cell(line, ends, reason).SequenceEqual(Open)) return;
            if (filter!.Holds(line, ends)) use(header, line, ends, (from, end));
        });
    }

    // The column whose time decides whether a row is in the span; -1 without a span.
    private int SpanOf(string[] header, string name) => From is null && To is null ? -1
        : Array.IndexOf(header, SpanColumn) is >= 0 and var found ? found : Array.IndexOf(header, TimeColumn) is >= 0 and var time ? time
        : throw new InputException($"{name} has no trades, so that it has no part of a span; leave out from and to");

    private bool IsWithin(ReadOnlySpan<byte> cell) => UtcTicks.TryRead(CsvLines.Unquoted(cell)) is { } time
        && time >= (From ?? long.MinValue) && time < (To ?? long.MaxValue);

    private static int ColumnOf(string[] header, string key, string name) =>
        Array.FindIndex(header, h => CsvLines.KeyOf(h) == key) is >= 0 and var found ? found
            : throw new InputException($"sort={key}: the rows of {name} have {string.Join(", ", header.Select(CsvLines.KeyOf))}");

    private static int Needed(string[] header, string column, string name) => Array.IndexOf(header, column) is >= 0 and var found ? found
        : throw new InputException($"{name} has no column '{column}'; run the batch again");

    private static JsonObject Row(string[] header, string[] cells)
    {
        var row = new JsonObject();
        for (var i = 0; i < Math.Min(header.Length, cells.Length); i++)
        {
            if (cells[i].Length == 0) continue;
            row[CsvLines.KeyOf(header[i])] = !RowFilter.IsName(header[i])
                && double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(CsvText.Read(cells[i]));
        }
        return row;
    }

    private sealed class DecisionTotals
    {
        private readonly SortedDictionary<string, DecisionTotal> _totals = new(StringComparer.Ordinal);

        public void Add(ReadOnlySpan<byte> decision, ReadOnlySpan<byte> profit)
        {
            var name = Encoding.UTF8.GetString(decision);
            var before = _totals.GetValueOrDefault(name) ?? new DecisionTotal(name, 0, 0, 0, 0);
            _totals[name] = before.With(double.TryParse(profit, NumberStyles.Float, CultureInfo.InvariantCulture, out var net)
                && double.IsFinite(net) ? net : null);
        }

        public IReadOnlyList<DecisionTotal> All() => [.. _totals.Values];
    }
}
