namespace Granary.Data.Reading;

/// <summary>What can be wrong with a row.</summary>
public enum RowFaultKind
{
    /// <summary>Wrong number of columns, or a line that is none.</summary>
    Layout,

    /// <summary>A field is not what its column holds.</summary>
    Value,

    /// <summary>Open, high, low and close contradict one another.</summary>
    Consistency,

    /// <summary>A time that was there already.</summary>
    Duplicate,

    /// <summary>A time before that of the row above.</summary>
    Order,

    /// <summary>Rows of different time zones, or a wall clock that does not exist.</summary>
    Zone,
}

/// <summary>One faulty row of a file.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Field">The column, or null.</param>
public sealed record RowFault(RowFaultKind Kind, long Line, string? Field, string Fault, string Remedy);
