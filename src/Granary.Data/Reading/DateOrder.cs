using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>The order of day and month in dates such as 01/02/2020.</summary>
public enum DateOrder
{
    /// <summary>Detected from the rows; if they are ambiguous, month first with a note in <see cref="IBarSeries.Notes"/>.</summary>
    Detect,
    MonthFirst,
    DayFirst,
}
