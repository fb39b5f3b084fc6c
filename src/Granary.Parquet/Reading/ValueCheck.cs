namespace Granary.Parquet.Reading;

/// <summary>A file's statements about the values of a column in a row group.</summary>
internal abstract class ValueCheck<T>
{
    /// <summary>Whether the values are as stated.</summary>
    public abstract bool Holds(ReadOnlySpan<T> values);
}
