using Granary.Data.Tables;

namespace Granary.Data.Reading;

/// <summary>Kind of a fault in a row.</summary>
internal enum RowFaultKind
{
    /// <summary>The number of columns is wrong, or the line is not a row.</summary>
    Layout,

    /// <summary>A field does not have the type of its column.</summary>
    Value,

    /// <summary>Open, high, low and close contradict one another.</summary>
    Consistency,

    /// <summary>The time occurred in an earlier row.</summary>
    Duplicate,

    /// <summary>The time precedes the previous row's.</summary>
    Order,

    /// <summary>Rows have different time zones, or a local time that daylight saving skips.</summary>
    Zone,

    /// <summary>The row may belong to another market than those above.</summary>
    Symbol,
}

/// <summary>One faulty row of a file.</summary>
/// <param name="Line">The line, or the row of a typed table; counted from 1.</param>
/// <param name="Field">The column, or null for the whole row.</param>
internal sealed record RowFault(RowFaultKind Kind, long Line, string? Field, string Fault, string Remedy)
{
    /// <summary>The row group, from 1; 0 in a text.</summary>
    public int Group { get; init; }

    /// <summary>The row's place for messages: "line 12", "row group 1, row 12"; with the column where it is one field's fault.</summary>
    public string Place => new RowPlace(Line, Group) + (Field is null ? "" : ", " + Field);

    /// <summary>The remedy if most rows have the same fault.</summary>
    internal const string SameCause =
        "look at the columns, the format and the source of the file, not at single rows (--columns, --format; \"columns\", \"format\" in a "
            + "batch)";

    /// <summary>Whether the remedy is to correct or remove this row.</summary>
    internal bool IsOfOneRow => Remedy.StartsWith("correct the ", StringComparison.Ordinal);
}
