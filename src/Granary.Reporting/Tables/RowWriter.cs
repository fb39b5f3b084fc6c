namespace Granary.Reporting.Tables;

/// <summary>
/// Writes a table of a run in one format, row by row: a cell for each column in order, then <see cref="EndRow"/>. Disposing without
/// <see cref="Complete"/> leaves an incomplete file.
/// </summary>
public abstract class RowWriter : IDisposable
{
    /// <summary>Writes a cell of a column of texts or words; null and an empty text are a missing value.</summary>
    public abstract void Text(string? value);

    /// <summary>Writes a cell of a column of numbers; an undefined number is a missing value.</summary>
    public abstract void Number(double value);

    /// <summary>Writes a cell of a column of whole numbers.</summary>
    public abstract void Whole(long? value);

    /// <summary>Writes a cell of a column of times.</summary>
    /// <param name="ticks">UTC ticks.</param>
    public abstract void Time(long? ticks);

    public abstract void EndRow();

    /// <summary>Writes what is pending, and the end of the file.</summary>
    public abstract void Complete();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="IDisposable.Dispose"/>
    protected virtual void Dispose(bool disposing)
    {
    }
}
