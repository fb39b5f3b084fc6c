namespace Granary.Reporting.Tables;

/// <summary>A table of a run: its columns, and its rows, which are made each time that they are written.</summary>
/// <param name="Rows">Writes all rows.</param>
internal sealed record Table(IReadOnlyList<OutputColumn> Columns, Action<RowWriter> Rows)
{
    /// <summary>Writes the whole table.</summary>
    /// <param name="stream">It is not closed.</param>
    public void Write(IOutputFormat format, Stream stream)
    {
        using var writer = format.Open(stream, format.NeedsWords ? ColumnsWithWords() : Columns);
        Rows(writer);
        writer.Complete();
    }

    // The rows are read once for them.
    private IReadOnlyList<OutputColumn> ColumnsWithWords()
    {
        using var words = new WordCollector(Columns);
        Rows(words);
        return words.Columns;
    }
}
