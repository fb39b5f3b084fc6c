namespace Granary.Reporting.Tables;

/// <summary>A column of a table of a run.</summary>
/// <param name="Name">The name in the header of the CSV file, such as entry_time.</param>
public sealed record OutputColumn(string Name, ColumnType Type)
{
    /// <summary>The values of a column of words if they are known before the rows; null if they are not.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Whether a CSV file has the name in quotes even if it does not need them.</summary>
    public bool IsQuoted { get; init; }
}
