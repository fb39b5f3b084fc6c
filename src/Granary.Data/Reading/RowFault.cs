namespace Granary.Data.Reading;

/// <summary>Kind of a fault in a row.</summary>
public enum RowFaultKind
{
    /// <summary>The number of columns is wrong, or the line is not a row.</summary>
    Layout,

    /// <summary>A field does not have the type of its column.</summary>
    Value,

    /// <summary>Open, high, low and close contradict one another.</summary>
    Consistency,

    /// <summary>The time occurred in an earlier row.</summary>
    Duplicate,

    /// <summary>The time precedes that of the previous row.</summary>
    Order,

    /// <summary>Rows have different time zones, or a local time that daylight saving skips.</summary>
    Zone,

    /// <summary>The row may belong to another market than those above.</summary>
    Symbol,
}

/// <summary>One faulty row of a file.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Field">The column, or null for the whole row.</param>
public sealed record RowFault(RowFaultKind Kind, long Line, string? Field, string Fault, string Remedy)
{
    /// <summary>The remedy if most rows have the same fault.</summary>
    internal const string SameCause =
        "look at the columns, the format and the source of the file, not at single rows (--columns, --format; \"columns\", \"format\" in a "
            + "batch)";

    /// <summary>Whether the remedy is to correct or remove this row.</summary>
    internal bool IsOfOneRow => Remedy.StartsWith("correct the ", StringComparison.Ordinal);
}
