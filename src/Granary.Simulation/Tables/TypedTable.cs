using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>A table in a file of typed columns.</summary>
internal sealed class TypedTable : DataTable
{
    private readonly ITableFile _file;
    private readonly ITableReader _reader;
    private readonly IReadOnlyList<TableColumn> _columns;
    // The place in a batch of each column; -1 for lists and structures.
    private readonly int[] _places;
    private TableBatch? _batch;
    private int _row;

    private TypedTable(string path, ITableFile file) : base(path, [.. file.Columns.Select(c => c.Name)])
    {
        (_file, _columns) = (file, file.Columns);
        int[] read = [.. Enumerable.Range(0, _columns.Count).Where(c => _columns[c].Kind != TableKind.Other)];
        _places = [.. Enumerable.Range(0, _columns.Count).Select(c => Array.IndexOf(read, c))];
        _reader = file.Read(read, TableBatch.UsualCount);
    }

    /// <exception cref="BarDataException">The file is damaged.</exception>
    public static TypedTable Open(string path, ITableFormat format, PermittedFiles files)
    {
        var file = format.Open(path, files);
        try
        {
            return new TypedTable(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override RowPlace Place => new(_batch!.First + _row, _batch.Group);

    public override string Text(int place) => TableText.Of(ColumnAt(place), Values(place), _row).Trim();

    public override bool IsEmpty(int place) => Text(place).Length == 0;

    public override double Number(int place)
    {
        var (column, values) = (ColumnAt(place), Values(place));
        return column.Kind == TableKind.Number && !values.IsMissing(_row) ? Finite(place, values.Numbers[_row], Text(place))
            : NumberOf(place, Text(place));
    }

    public override long Time(int place) => TimeOf(place, Text(place));

    private protected override bool Move()
    {
        if (_batch is not null && ++_row < _batch.Count) return true;
        (_batch, _row) = (_reader.Next(), 0);
        return _batch is not null;
    }

    private protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _reader.Dispose();
        _file.Dispose();
    }

    private TableColumn ColumnAt(int place) => _columns[place];

    private TableValues Values(int place) => _places[place] >= 0 ? _batch!.Columns[_places[place]]
        : throw Fault(Names[place], $"the column is a {_columns[place].Type}, not one value a row", "write its values as columns of their own");
}
