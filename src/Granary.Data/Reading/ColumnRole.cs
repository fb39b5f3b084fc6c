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

    /// <summary>A text that is equal in the first rows and must be so in all: if it changes, it may be the symbol.</summary>
    Constant,

    /// <summary>A further column of numbers that a reader asks for.</summary>
    Further,
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
