using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>In which order day and month stand in dates like 01/02/2020.</summary>
public enum DateOrder
{
    /// <summary>Read from the rows; month first where they leave it open, with a note in <see cref="IBarSeries.Notes"/>.</summary>
    Detect,
    MonthFirst,
    DayFirst,
}
