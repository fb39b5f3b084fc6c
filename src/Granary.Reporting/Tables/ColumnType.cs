namespace Granary.Reporting.Tables;

/// <summary>The type of a column of a table of a run.</summary>
public enum ColumnType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A text with few values, such as an id or the word of an enum: a dictionary in formats that have them.</summary>
    Word,

    /// <summary>A double; undefined numbers are missing.</summary>
    Number,

    /// <summary>A count or another whole number.</summary>
    Whole,

    /// <summary>A time in UTC, with a precision of 100 ns.</summary>
    Time,
}
