namespace Granary.Reporting.Tables;

/// <summary>
/// The definition of a table of a run: name, type and value of each column. All formats are written from it.
/// </summary>
/// <example><code>
/// static readonly TableDefinition&lt;EquityRow&gt; Equity = new TableDefinition&lt;EquityRow&gt;()
///     .Time("time", r => r.Time).Number("equity", r => r.Equity);
/// </code></example>
/// <typeparam name="T">A row.</typeparam>
internal sealed class TableDefinition<T>
{
    private readonly (OutputColumn Column, Action<RowWriter, T> Write)[] _cells;

    /// <summary>Creates a definition without a column, to which columns are added.</summary>
    public TableDefinition() : this([])
    {
    }

    private TableDefinition((OutputColumn Column, Action<RowWriter, T> Write)[] cells)
    {
        _cells = cells;
        Columns = [.. cells.Select(c => c.Column)];
    }

    public IReadOnlyList<OutputColumn> Columns { get; }

    /// <summary>Adds a column of texts.</summary>
    public TableDefinition<T> Text(string name, Func<T, string?> value) =>
        With(name, ColumnType.Text, (writer, row) => writer.Text(value(row)));

    /// <summary>Adds a column of texts with few values.</summary>
    public TableDefinition<T> Word(string name, Func<T, string?> value) =>
        With(name, ColumnType.Word, (writer, row) => writer.Text(value(row)));

    /// <summary>Adds a column of numbers.</summary>
    /// <param name="value">Returns NaN if it is missing.</param>
    public TableDefinition<T> Number(string name, Func<T, double> value) =>
        With(name, ColumnType.Number, (writer, row) => writer.Number(value(row)));

    /// <summary>Adds a column of whole numbers.</summary>
    public TableDefinition<T> Whole(string name, Func<T, long?> value) =>
        With(name, ColumnType.Whole, (writer, row) => writer.Whole(value(row)));

    /// <summary>Adds a column of times in UTC ticks.</summary>
    public TableDefinition<T> Time(string name, Func<T, long?> value) =>
        With(name, ColumnType.Time, (writer, row) => writer.Time(value(row)));

    /// <summary>Adds a column whose values are known as texts, each a number or a word.</summary>
    public TableDefinition<T> Value(OutputColumn column, Func<T, string?> value) =>
        new([.. _cells, (column, (writer, row) => TableCell.Write(writer, column.Type, value(row)))]);

    /// <summary>Returns the table of some rows.</summary>
    public Table Of(IEnumerable<T> rows) => new(Columns, writer =>
    {
        foreach (var row in rows) Write(writer, row);
    });

    /// <summary>Writes a row.</summary>
    public void Write(RowWriter writer, T row)
    {
        foreach (var (_, write) in _cells) write(writer, row);
        writer.EndRow();
    }

    private TableDefinition<T> With(string name, ColumnType type, Action<RowWriter, T> write) =>
        new([.. _cells, (new OutputColumn(name, type), write)]);
}
