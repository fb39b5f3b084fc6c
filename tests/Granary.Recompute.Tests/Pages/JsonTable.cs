using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// A table of a page beside a list of its JSON: row by row, every column with figures shows one value of the records, and no two columns
/// show the same one.
/// </summary>
internal static class JsonTable
{
    // Between the figures of a cell: a span of time, a share of a number, several parameters.
    private static readonly string[] s_joints = [" to ", " of ", ", "];

    /// <returns>What differs, one sentence each.</returns>
    public static IEnumerable<string> Differences(PageTable table, IReadOnlyList<JsonRecord> records)
    {
        if (table.Rows.Count != records.Count)
            return [$"{table.Caption}: the page has {table.Rows.Count} rows, its JSON {records.Count}"];
        List<string> paths = [.. records.SelectMany(r => r.Paths).Distinct()];
        var (differences, columns) = (new List<string>(), new List<(string Name, List<string> Paths)>());
        foreach (var (i, name) in table.Header.Index())
        {
            List<string> cells = [.. table.Rows.Select(r => r[i])];
            if (!cells.Exists(c => c.Any(char.IsLetterOrDigit))) continue;
            var shown = Shown(cells);
            List<List<string>> parts = shown.Count == 0 && Parts(cells) is { } split ? split.ConvertAll(Shown) : [shown];
            if (parts.Exists(p => p.Count == 0))
                differences.Add($"{table.Caption}: the JSON has no value for the column '{name}' ({string.Join("; ", cells.Take(5))})");
            columns.AddRange(parts.Select(p => (name, p)));
        }
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var column = 0; column < columns.Count; column++)
            if (columns[column].Paths.Count > 0 && !Take(column, columns, taken, []))
                differences.Add($"{table.Caption}: another column shows the only value of the JSON for '{columns[column].Name}'");
        return differences;

        // A column of words shows a text.
        List<string> Shown(List<string> cells)
        {
            var isWords = !cells.Exists(HasFigure) && cells.Exists(c => c.Any(char.IsLetter));
            return paths.FindAll(p => (!isWords || records.Any(r => r.IsText(p)))
                && cells.Index().All(cell => records[cell.Index].Shows(cell.Item, p)));
        }
    }

    private static bool HasFigure(string cell) => cell.Any(char.IsDigit);

    // The figures of a column whose cells have several, each figure as a column of its own; null where cells differ in their form.
    private static List<List<string>>? Parts(List<string> cells)
    {
        if (cells.Find(HasFigure) is not { } first) return null;
        if (Array.Find(s_joints, j => first.Contains(j, StringComparison.Ordinal)) is not { } joint) return null;
        var count = first.Split(joint).Length;
        var split = cells.ConvertAll(c => HasFigure(c) ? c.Split(joint) : [.. Enumerable.Repeat(c, count)]);
        return split.TrueForAll(s => s.Length == count) ? [.. Enumerable.Range(0, count).Select(k => split.ConvertAll(s => s[k]))] : null;
    }

    // An assignment of values to columns, one each (Kuhn's algorithm).
    private static bool Take(int column, List<(string Name, List<string> Paths)> columns, Dictionary<string, int> taken,
        HashSet<string> tried)
    {
        foreach (var path in columns[column].Paths)
            if (tried.Add(path) && (!taken.TryGetValue(path, out var other) || Take(other, columns, taken, tried)))
            {
                taken[path] = column;
                return true;
            }
        return false;
    }
}
