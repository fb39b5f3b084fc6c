namespace Granary.Data.Reading;

/// <summary>Role of a column in a file.</summary>
public enum ColumnRole : byte
{
    Skip,

    /// <summary>Date, or date and time.</summary>
    Time,

    /// <summary>The time of day if it has its own column.</summary>
    TimeOfDay,

    /// <summary>The symbol.</summary>
    Symbol,
    Volume,
    Open,
    High,
    Low,
    Close,
    AdjustedClose,

    // Quotes: a price is the middle of bid and ask, or the one that exists.
    BidOpen,
    BidHigh,
    BidLow,
    BidClose,
    AskOpen,
    AskHigh,
    AskLow,
    AskClose,
}
