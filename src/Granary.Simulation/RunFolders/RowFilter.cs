using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>The conditions of a query on the lines of a CSV file.</summary>
internal sealed class RowFilter
{
    // Columns with names that people choose: a symbol may be 007 or 1e5, and is still a text.
    private static readonly FrozenSet<string> s_names = FrozenSet.Create(StringComparer.Ordinal, "strategy", "symbol", "model");

    private readonly IReadOnlyList<(RowCondition Condition, int Column, bool IsTime)> _conditions;

    private RowFilter(IReadOnlyList<(RowCondition Condition, int Column, bool IsTime)> conditions) => _conditions = conditions;

    /// <summary>Returns the filter of a text such as <c>symbol=ACME,pnlNet&gt;0</c>.</summary>
    /// <param name="header">The columns of the file.</param>
    /// <exception cref="InputException">A condition is wrong, or the file has no such column.</exception>
    public static RowFilter Of(string? filter, string[] header, string path)
    {
        string[] keys = [.. header.Select(CsvLines.KeyOf)];
        return new RowFilter([.. RowCondition.All(filter).Select(c =>
            Array.IndexOf(keys, c.Key) is >= 0 and var column ? (c, column, IsTime(header[column]))
                : throw new InputException($"filter={c.Key}: the rows of {Path.GetFileName(path)} have no such key; "
                    + (Spelling.Nearest(c.Key, keys) is { } near ? $"did you mean '{near}'?" : $"they have {string.Join(", ", keys)}")))]);
    }

    /// <summary>Whether a column has times.</summary>
    public static bool IsTime(string column) => column == "time" || column.EndsWith("_time", StringComparison.Ordinal);

    /// <summary>Whether a column has names, which are texts whatever they look like.</summary>
    public static bool IsName(string column) => s_names.Contains(column);

    /// <summary>Whether a line meets all conditions. An empty cell meets none.</summary>
    public bool Holds(ReadOnlySpan<byte> line, string[] header)
    {
        foreach (var (condition, column, isTime) in _conditions)
        {
            var cell = CsvLines.Unquoted(CsvLines.Cell(line, column));
            if (cell.IsEmpty) return false;
            var holds = isTime ? UtcTicks.TryRead(Encoding.UTF8.GetString(cell)) is { } time && condition.HoldsAt(time)
                : condition.Operator != "~" && !IsName(header[column])
                    && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? condition.Holds(number) : condition.Holds(Encoding.UTF8.GetString(cell));
            if (!holds) return false;
        }
        return true;
    }
}
