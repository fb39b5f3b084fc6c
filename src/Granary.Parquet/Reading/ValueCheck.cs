namespace Granary.Parquet.Reading;

/// <summary>What a file states of the values of a column in a row group.</summary>
internal abstract class ValueCheck<T>
{
    /// <summary>Whether the values are as stated.</summary>
    public abstract bool Holds(ReadOnlySpan<T> values);
}
