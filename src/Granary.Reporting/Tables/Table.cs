using Granary.Engine;

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

    /// <summary>Returns the table with some of its columns, in its own order.</summary>
    /// <param name="names">Names of columns, or their keys in JSON; null = all columns.</param>
    /// <exception cref="InputException">The table has no such column.</exception>
    public Table Choose(IReadOnlyList<string>? names)
    {
        if (names is null) return this;
        foreach (var name in names)
            if (!Columns.Any(c => IsNamed(c, name)))
                throw new InputException($"columns={name}: the table has {string.Join(", ", Columns.Select(c => c.Name))}");
        bool[] chosen = [.. Columns.Select(c => names.Any(n => IsNamed(c, n)))];
        return new Table([.. Columns.Where((_, i) => chosen[i])], writer => Rows(new ChosenColumns(writer, chosen)));
    }

    // entry_time is entryTime in JSON.
    private static bool IsNamed(OutputColumn column, string name) => string.Equals(column.Name.Replace("_", "", StringComparison.Ordinal),
        name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    // The rows are read once for them.
    private IReadOnlyList<OutputColumn> ColumnsWithWords()
    {
        using var words = new WordCollector(Columns);
        Rows(words);
        return words.Columns;
    }
}
