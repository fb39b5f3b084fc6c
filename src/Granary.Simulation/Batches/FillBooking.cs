namespace Granary.Simulation.Batches;

/// <summary>When the portfolio books the fills of a bar. With one timeframe all are equal.</summary>
internal enum FillBooking
{
    /// <summary>All at the bar's open. What a fill within a long bar brings pays entries of shorter bars before it.</summary>
    BarOpen,

    /// <summary>A fill at the open then; any other at the bar's close, when it is certainly known.</summary>
    AsKnown,

    /// <summary>All at the bar's close, as in a live session.</summary>
    BarClose,
}
