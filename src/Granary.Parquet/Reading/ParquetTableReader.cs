using Granary.Data.Tables;
using Granary.Engine.Market;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>
/// Reads some columns of a Parquet file side by side, some thousand rows at a time. From the second batch on, the next one is decoded while
/// the caller works on the one before.
/// </summary>
internal sealed class ParquetTableReader : ITableReader
{
    private readonly ParquetTableFile _file;
    private readonly ParquetColumn[] _columns;
    private readonly ValueReader[] _readers;
    // One for the caller, one to decode into.
    private readonly TableBatch[] _batches;
    private readonly int _batchSize;
    private RowGroupReader? _group;
    private int _groupsRead;
    private long _left, _row;
    private int _calls, _decoded;
    private Task<TableBatch?>? _ahead;

    public ParquetTableReader(ParquetTableFile file, ParquetColumn[] columns, int batchSize)
    {
        (_file, _columns, _batchSize) = (file, columns, batchSize);
        _readers = new ValueReader[columns.Length];
        _batches = [NewBatch(), NewBatch()];

        TableBatch NewBatch() => new() { Columns = [.. columns.Select(_ => new TableValues())] };
    }

    public TableBatch? Next()
    {
        var batch = _ahead is null ? Decode() : _ahead.GetAwaiter().GetResult();
        // The first rows alone decide about formats and times, so that none is decoded in vain.
        _ahead = _calls++ > 0 && _row < _file.Rows ? Task.Run(Decode) : null;
        return batch;
    }

    private TableBatch? Decode()
    {
        while (_left == 0)
        {
            CloseGroup();
            if (_groupsRead == _file.Groups)
            {
                _file.DemandUnchanged();
                return _row == _file.Rows ? null : throw Damaged("its row groups have another number of rows than the file");
            }
            OpenGroup();
        }
        var count = (int)Math.Min(_batchSize, _left);
        var batch = _batches[_decoded++ % 2];
        for (var c = 0; c < _readers.Length; c++)
            if (!Reading(c, () => _readers[c].Read(batch.Columns[c], count))) throw Damaged("the column has too few values", c);
        (batch.Count, batch.Group, batch.First) = (count, _groupsRead, _row + 1);
        _row += count;
        _left -= count;
        if (_left > 0) return batch;
        for (var c = 0; c < _readers.Length; c++)
            if (Reading(c, () => _readers[c].HasNext)) throw Damaged("the column has too many values", c);
        return batch;
    }

    public void Dispose()
    {
        if (_ahead is not null)
        {
            Task.WaitAny(_ahead);
            // Of rows that nothing asked for.
            _ = _ahead.Exception;
        }
        CloseGroup();
    }

    private void OpenGroup()
    {
        var number = _groupsRead++;
        var group = Reading(null, () => _group = _file.OpenGroup(number));
        for (var c = 0; c < _columns.Length; c++)
        {
            var column = _columns[c];
            if (column.Create is null)
                throw BarDataException.At(_file.Path, null, column.Column.Name,
                    $"the column is a {column.Column.Type}, not one value a row",
                    "write its values as columns of their own");
            _readers[c] = Reading(c, () => column.Create(group.Column(column.Index)));
            if (!column.IsUnsigned) Reading(c, () => Compare(_readers[c], group, column.Index));
        }
        _left = Reading(null, () => group.MetaData.NumRows);
        if (_left < 0 || _row + _left > _file.Rows) throw Damaged("its row groups have another number of rows than the file");
    }

    private static bool Compare(ValueReader reader, RowGroupReader group, int column)
    {
        using var chunk = group.MetaData.GetColumnChunkMetaData(column);
        using var statistics = chunk.IsStatsSet ? chunk.Statistics : null;
        reader.Compare(statistics);
        return true;
    }

    private void CloseGroup()
    {
        for (var c = 0; c < _readers.Length; c++)
        {
            _readers[c]?.Dispose();
            _readers[c] = null!;
        }
        _group?.Dispose();
        _group = null;
    }

    private T Reading<T>(int? column, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not BarDataException)
        {
            // A file that another program writes to is not damaged.
            _file.DemandUnchanged();
            throw ParquetFaults.Of(_file.Path, PlaceOf(column), e);
        }
    }

    private BarDataException Damaged(string fault, int? column = null)
    {
        _file.DemandUnchanged();
        return BarDataException.At(_file.Path, null, PlaceOf(column), $"the Parquet data is damaged: {fault}",
            "download or export it again");
    }

    private string? PlaceOf(int? column) => column is { } c ? ParquetFaults.Place(_groupsRead, _columns[c].Column.Name) : null;
}
