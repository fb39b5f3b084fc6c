using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>The conditions of a query on the lines of a CSV file.</summary>
internal sealed class RowFilter
{
    // Columns with names and sentences that people choose: a symbol may be 007 or 1e5, and is still a text.
    private static readonly FrozenSet<string> s_names =
        FrozenSet.Create(StringComparer.Ordinal, "strategy", "symbol", "model", "client_id", "venue_id", "reason", "text");

    private static readonly FrozenSet<string> s_times = FrozenSet.Create(StringComparer.Ordinal, "time", "created", "valid_until");

    private readonly IReadOnlyList<OnColumn> _conditions;

    private RowFilter(IReadOnlyList<OnColumn> conditions) => _conditions = conditions;

    /// <summary>The number of cells of a line that it reads.</summary>
    public int Cells => _conditions.Count == 0 ? 0 : _conditions.Max(c => c.Column) + 1;

    /// <summary>Returns the filter of some conditions.</summary>
    /// <param name="header">The columns of the file.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <exception cref="InputException">The file has no such column.</exception>
    public static RowFilter Of(IEnumerable<RowCondition> conditions, string[] header, string name)
    {
        string[] keys = [.. header.Select(CsvLines.KeyOf)];
        return new RowFilter([.. conditions.Select(c =>
            Array.IndexOf(keys, c.Key) is >= 0 and var column ? new OnColumn(c, column, header[column])
                : throw new InputException($"filter={c.Key}: the rows of {name} have no such key; "
                    + (Spelling.Nearest(c.Key, keys) is { } near ? $"did you mean '{near}'?" : $"they have {string.Join(", ", keys)}")))]);
    }

    /// <summary>Whether a column has times.</summary>
    public static bool IsTime(string column) => s_times.Contains(column) || column.EndsWith("_time", StringComparison.Ordinal);

    /// <summary>Whether a column has texts, whatever they look like.</summary>
    public static bool IsName(string column) => s_names.Contains(column);

    /// <summary>Whether a line meets all conditions. An empty cell meets none.</summary>
    /// <param name="ends">The ends of its cells.</param>
    public bool Holds(ReadOnlySpan<byte> line, ReadOnlySpan<int> ends)
    {
        foreach (var condition in _conditions)
            if (!condition.Holds(CsvLines.Unquoted(CsvLines.Cell(line, ends, condition.Column)))) return false;
        return true;
    }

    private sealed class OnColumn(RowCondition condition, int column, string name)
    {
        private readonly bool _isTime = IsTime(name) && condition.Operator != "~";
        private readonly bool _isText = IsName(name) || condition.Operator == "~";
        // As a cell has it, so that most lines are compared without a text of their own.
        private readonly byte[] _cell = Encoding.UTF8.GetBytes(CsvText.Write(condition.Value));

        public int Column => column;

        public bool Holds(ReadOnlySpan<byte> cell)
        {
            if (cell.IsEmpty) return false;
            if (_isTime) return UtcTicks.TryRead(cell) is { } time && condition.HoldsAt(time);
            if (!_isText && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number)) return condition.Holds(number);
            return condition.Operator switch
            {
                "=" => cell.SequenceEqual(_cell),
                "!=" => !cell.SequenceEqual(_cell),
                _ => condition.Holds(CsvText.Read(Encoding.UTF8.GetString(cell))),
            };
        }
    }
}
