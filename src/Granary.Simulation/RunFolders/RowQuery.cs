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

    /// <summary>
    /// Without a cursor, the page begins at the first row of this time or later, UTC ticks; of rows in descending order of a time, at this
    /// time or before. Null = at the first row.
    /// </summary>
    public long? At { get; init; }

    /// <summary>Returns a page of rows of a file whose first column is the strategy.</summary>
    /// <param name="path">Path of a CSV file of a run, such as trades.csv.</param>
    /// <param name="absence">Error message if the file does not exist; null = a message that names the output that writes it.</param>
    /// <param name="indexes">Finds the rows of a strategy; null = the whole file is read.</param>
    /// <exception cref="InputException">The run has no such file, or the cursor or the order cannot be used.</exception>
    public FileRows Of(string path, string? absence = null, RowIndexes? indexes = null)
    {
        var from = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw ListCursor.Unknown(Cursor);
        Require(path, absence);
        // All rows are read once, in order; pages are taken from the places of the rows.
        if (Sort is null && At is null && Limit == int.MaxValue) return InOrder(path, from, indexes);
        var view = indexes?.View(path, Name, () => Make(path, indexes)) ?? Make(path, indexes);
        if (At is { } time && Cursor is null) from = view.PositionOf(time, IsDescending && RowFilter.IsTime(ColumnName(Sort)));
        return Paged(path, from, view);
    }

    /// <summary>Returns the table of all rows that match, whatever the limit and the cursor.</summary>
    /// <inheritdoc cref="Of"/>
    /// <param name="schema">The columns that the file has.</param>
    public Table TableOf(string path, CsvSchema schema, string? absence = null, RowIndexes? indexes = null)
    {
        Require(path, absence);
        var columns = schema.Of(CsvLines.Header(path), Path.GetFileName(path));
        return new Table(columns, writer =>
        {
            if (Sort is null)
                Read(path, indexes, (_, line, place) => CsvLines.Write(writer, columns, line, path, place.From));
            else
            {
                var view = indexes?.View(path, Name, () => Make(path, indexes)) ?? Make(path, indexes);
                var isHeader = true;
                CsvLines.Read(path, view.Header, view.Ranges(0, int.MaxValue), (line, from, _) =>
                {
                    if (!isHeader) CsvLines.Write(writer, columns, line, path, from);
                    isHeader = false;
                });
            }
        });
    }

    private static void Require(string path, string? absence)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (!File.Exists(path))
            throw new InputException(absence ?? $"this run has no {name}.csv; run its batch with \"{name}\" among its outputs");
    }

    private FileRows InOrder(string path, int from, RowIndexes? indexes)
    {
        var (items, total) = (new List<JsonObject>(), 0);
        Read(path, indexes, (header, line, _) =>
        {
            if (total >= from && items.Count < Limit) items.Add(Row(header, CsvLines.Cells(line)));
            total++;
        });
        return Page(items, from, total);
    }

    private FileRows Paged(string path, int from, RowView view)
    {
        var (items, names) = (new List<JsonObject>(), default(string[]));
        CsvLines.Read(path, view.Header, view.Ranges(from, Limit), (line, _, _) =>
        {
            if (names is null) names = CsvLines.Cells(line);
            else items.Add(Row(names, CsvLines.Cells(line)));
        });
        return Page(items, from, view.Rows.Count);
    }

    // The parts of the query that decide the rows of a view and their order.
    private string Name => string.Create(CultureInfo.InvariantCulture, $"{Strategy}\n{Sort}\n{Filter}\n{From}\n{To}\n{At is null}");

    private bool IsDescending => Sort?.StartsWith('-') == true;

    private RowView Make(string path, RowIndexes? indexes)
    {
        var (rows, end) = Ordered(path, indexes);
        return new RowView(end, [.. rows.Select(r => r.Place)], At is null ? null : [.. rows.Select(r => r.Time)]);
    }

    // Only the cells to sort by stay in memory; the rows are read again.
    private (List<SortedRow> Rows, long Header) Ordered(string path, RowIndexes? indexes)
    {
        var (sign, key) = (IsDescending ? -1 : 1, Sort?.TrimStart('-'));
        var (column, time, rows, end) = (-1, -1, new List<SortedRow>(), 0L);
        Read(path, indexes, (header, line, place) =>
        {
            if (column < 0 && key is not null) column = ColumnOf(header, key, path);
            if (time < 0 && At is not null) time = TimeOf(header, column, path);
            var row = column < 0 ? new SortedRow(double.NaN, null, place)
                : SortedRow.Of(CsvLines.Unquoted(CsvLines.Cell(line, column)), place);
            rows.Add(time < 0 ? row : row with
            {
                Time = UtcTicks.TryRead(Encoding.UTF8.GetString(CsvLines.Unquoted(CsvLines.Cell(line, time)))) ?? long.MaxValue,
            });
        }, header => end = header);
        if (key is not null) rows.Sort((a, b) => Order(a, b, sign));
        return (rows, end);
    }

    private static int Order(in SortedRow a, in SortedRow b, int sign)
    {
        // Rows without a value come last, in either direction.
        if (a.IsEmpty != b.IsEmpty) return a.IsEmpty ? 1 : -1;
        return a.CompareTo(b) is var order and not 0 ? sign * order : a.Place.From.CompareTo(b.Place.From);
    }

    // A jump goes by the times that the rows are sorted by, else by those of the entries.
    private static int TimeOf(string[] header, int sorted, string path) => sorted >= 0 && RowFilter.IsTime(header[sorted]) ? sorted
        : Array.IndexOf(header, "entry_time") is >= 0 and var entry && !header.Contains(TimeColumn) ? entry
        : Array.IndexOf(header, TimeColumn) is >= 0 and var time ? time
        : throw new InputException($"at: the rows of {Path.GetFileName(path)} have no time; leave it out");

    private static string ColumnName(string? key) => key is null ? ""
        : string.Concat(key.TrimStart('-').Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));

    private FileRows Page(List<JsonObject> items, int from, int total)
    {
        var next = from + items.Count;
        return new FileRows(items, total, next < total ? next.ToString(CultureInfo.InvariantCulture) : null) { Position = from };
    }

    private delegate void Use(string[] header, ReadOnlySpan<byte> line, (long From, long End) place);

    private void Read(string path, RowIndexes? indexes, Use use, Action<long>? headed = null)
    {
        string[]? header = null;
        RowFilter? filter = null;
        var (span, reason) = (-1, -1);
        var (quoted, plain) = Strategy is null ? default : CsvLines.FormsOf(CsvText.Write(Strategy));
        if (Strategy is not null && indexes?.Of(path) is { } index) CsvLines.Read(path, index.Header, index.Of(Strategy), Take);
        else CsvLines.Read(path, Take);

        void Take(ReadOnlySpan<byte> line, long from, long end)
        {
            if (header is null)
            {
                header = CsvLines.Cells(line);
                headed?.Invoke(end);
                if (From is not null || To is not null)
                    span = Array.IndexOf(header, SpanColumn) is >= 0 and var found ? found : header[0] == TimeColumn ? 0
                        : throw new InputException($"{Path.GetFileName(path)} has no trades, so that it has no part of a span; leave out "
                            + "from and to");
                reason = Array.IndexOf(header, ReasonColumn);
                filter = Filter is null ? null : RowFilter.Of(Filter, header, path);
            }
            else if (Strategy is null || CsvLines.Cell(line, 0) is var id && (id.SequenceEqual(quoted) || id.SequenceEqual(plain)))
            {
                if (span >= 0 && !Has(CsvLines.Cell(line, span))) return;
                // A trade that is open at the end was closed in no part of the run.
                if (span >= 0 && reason >= 0 && CsvLines.Cell(line, reason) is var word && word.SequenceEqual(Open)) return;
                if (filter?.Holds(line, header) != false) use(header, line, (from, end));
            }
        }
    }

    private bool Has(ReadOnlySpan<byte> cell) => UtcTicks.TryRead(Encoding.UTF8.GetString(CsvLines.Unquoted(cell))) is { } time
        && time >= (From ?? long.MinValue) && time < (To ?? long.MaxValue);

    private static int ColumnOf(string[] header, string key, string path) =>
        Array.FindIndex(header, h => CsvLines.KeyOf(h) == key) is >= 0 and var found ? found
            : throw new InputException($"sort={key}: the rows of {Path.GetFileName(path)} have "
                + $"{string.Join(", ", header.Select(CsvLines.KeyOf))}");

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

    // A cell to sort by: a number, a text, or nothing.
    private readonly record struct SortedRow(double Number, string? Text, (long From, long End) Place) : IComparable<SortedRow>
    {
        /// <summary>The time to jump by, UTC ticks.</summary>
        public long Time { get; init; }

        public bool IsEmpty => Text is null && double.IsNaN(Number);

        public static SortedRow Of(ReadOnlySpan<byte> cell, (long From, long End) place) => cell.IsEmpty ? new(double.NaN, null, place)
            : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? new(number, null, place) : new(double.NaN, Encoding.UTF8.GetString(cell), place);

        public int CompareTo(SortedRow other) => Text is null && other.Text is null ? Number.CompareTo(other.Number)
            : string.CompareOrdinal(Text, other.Text);
    }
}
