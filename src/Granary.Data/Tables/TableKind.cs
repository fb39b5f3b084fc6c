namespace Granary.Data.Tables;

/// <summary>The type of a column in a table of typed columns.</summary>
public enum TableKind
{
    /// <summary>Floating-point numbers: <see cref="TableValues.Numbers"/>.</summary>
    Number,

    /// <summary>Whole numbers, or decimals as units of 10^-<see cref="TableColumn.Scale"/>: <see cref="TableValues.Wholes"/>.</summary>
    Whole,

    /// <summary>0 and 1: <see cref="TableValues.Wholes"/>.</summary>
    Flag,

    /// <summary>Times with a time of day: ticks since 0001-01-01 in <see cref="TableValues.Wholes"/>.</summary>
    Time,

    /// <summary>Dates: ticks since 0001-01-01 in <see cref="TableValues.Wholes"/>.</summary>
    Date,

    /// <summary>Times of day: ticks since midnight in <see cref="TableValues.Wholes"/>.</summary>
    TimeOfDay,

    /// <summary>Texts, and numbers that no other kind holds: <see cref="TableValues.Texts"/>.</summary>
    Text,

    /// <summary>Lists, structures and other values that are no field of a table; they cannot be read.</summary>
    Other,
}
