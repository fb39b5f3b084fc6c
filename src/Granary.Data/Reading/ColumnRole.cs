namespace Granary.Data.Reading;

/// <summary>What a column of a file is for.</summary>
public enum ColumnRole : byte
{
    Skip,

    /// <summary>Date, or date and time.</summary>
    Time,

    /// <summary>The time of day where it has a column of its own.</summary>
    TimeOfDay,

    /// <summary>A name that all rows share.</summary>
    Symbol,
    Volume,
    Open,
    High,
    Low,
    Close,
    AdjustedClose,

    // Quote bars: the bar's prices are the middle of bid and ask, or the one that is there.
    BidOpen,
    BidHigh,
    BidLow,
    BidClose,
    AskOpen,
    AskHigh,
    AskLow,
    AskClose,
}
