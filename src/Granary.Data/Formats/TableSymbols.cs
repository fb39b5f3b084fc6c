namespace Granary.Data.Formats;

/// <summary>Finds the column of symbols in a table that has no bars, by the names and the rules of bar files.</summary>
internal static class TableSymbols
{
    // Before the permanent identifiers of vendors, since the table is joined to bars by their symbols.
    private static readonly string[] s_first = ["symbol", "ticker"];

    /// <returns>Name of the column; null if the rows are not told apart by symbols.</returns>
    /// <param name="columns">Names of the columns that have no other meaning.</param>
    /// <param name="valuesOf">Values of a column in the first rows.</param>
    /// <param name="isMonotone">Whether the times of these rows rise or fall from row to row.</param>
    /// <param name="mayBe">
    /// A column under a different name whose texts change as symbols do, with two of its values; null if there is none.
    /// </param>
    public static string? Find(IReadOnlyList<string> columns, Func<string, List<string>> valuesOf, bool isMonotone,
        out (string Column, string Before, string After)? mayBe)
    {
        mayBe = null;
        foreach (var name in s_first)
            if (columns.FirstOrDefault(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase)) is { } usual)
                return usual;
        if (SymbolColumns.ByName(columns, valuesOf, isMonotone) is { } named) return named;
        foreach (var column in columns)
        {
            var values = valuesOf(column);
            if (values.Count == 0 || !SymbolColumns.AreWords([.. values.Distinct(StringComparer.Ordinal)])
                || values.Distinct(StringComparer.Ordinal).Count() < 2 || !SymbolColumns.ChangesAsSymbols(values, isMonotone)) continue;
            mayBe = (column, values[0], values.First(v => v != values[0]));
            return null;
        }
        return null;
    }
}
