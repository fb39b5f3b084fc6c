using Granary.Engine.Market;

namespace Granary.Data.Tables;

/// <summary>Reads the rows of a table once, in the order of the file.</summary>
public interface ITableReader : IDisposable
{
    /// <summary>Reads the next rows.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="BarDataException">The file is damaged, or changed while it was read; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    TableBatch? Next();
}
