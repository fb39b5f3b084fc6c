namespace Granary.Data.Tables;

/// <summary>An opened file of typed columns.</summary>
public interface ITableFile : IDisposable
{
    /// <summary>The columns, in the order of the file.</summary>
    IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The number of rows.</summary>
    long Rows { get; }

    /// <summary>Reads some columns; the file must stay open until the reader is disposed of.</summary>
    /// <param name="columns">Their indexes in <see cref="Columns"/>.</param>
    /// <param name="batchSize">The largest number of rows of a batch.</param>
    ITableReader Read(IReadOnlyList<int> columns, int batchSize);
}
