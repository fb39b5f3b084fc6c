using Granary.Data.Tables;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Reads the values of one column in one row group, in order.</summary>
internal abstract class ValueReader : IDisposable
{
    /// <summary>Has the values compared with what the file states of them.</summary>
    public abstract void Compare(Statistics? statistics);

    /// <summary>Reads as many values as there are rows.</summary>
    /// <returns>False if the column has fewer.</returns>
    public abstract bool Read(TableValues into, int rows);

    /// <summary>Whether the column has more values.</summary>
    public abstract bool HasNext { get; }

    public abstract void Dispose();
}
