using Apache.Arrow;
using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Collects the rows of a table into record batches of bounded size.</summary>
internal abstract class RecordRows : RowWriter
{
    // As large as DuckDB's row groups, which it reads one per thread.
    private const int Most = 122_880;

    private readonly RecordColumn[] _columns;
    private int _column, _rows;

    protected RecordRows(IReadOnlyList<OutputColumn> columns)
    {
        _columns = [.. columns.Select(RecordColumn.Of)];
        Schema = new Schema([.. _columns.Select(c => c.Field)], metadata: null);
    }

    protected Schema Schema { get; }

    /// <summary>Whether a batch was written.</summary>
    protected bool HasBatches { get; private set; }

    public sealed override void Text(string? value) => _columns[_column++].Text(value);

    public sealed override void Number(double value) => _columns[_column++].Number(value);

    public sealed override void Whole(long? value) => _columns[_column++].Whole(value);

    public sealed override void Time(long? ticks) => _columns[_column++].Time(ticks);

    public sealed override void EndRow()
    {
        if (_column != _columns.Length)
            throw new InvalidOperationException($"a row has {_column} cells, and the table {_columns.Length} columns");
        _column = 0;
        if (++_rows == Most) WritePending();
    }

    public sealed override void Complete()
    {
        if (_rows > 0) WritePending();
        End();
    }

    /// <summary>Writes the collected rows, also if there are none.</summary>
    protected void WritePending()
    {
        using var batch = new RecordBatch(Schema, _columns.Select(c => c.Take()), _rows);
        Write(batch);
        (_rows, HasBatches) = (0, true);
    }

    protected abstract void Write(RecordBatch batch);

    /// <summary>Writes the end of the file.</summary>
    protected abstract void End();
}
