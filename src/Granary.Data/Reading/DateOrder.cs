using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>In which order day and month stand in dates like 01/02/2020.</summary>
public enum DateOrder
{
    /// <summary>Told from the rows; month first where they do not tell, and said so in <see cref="IBarSeries.Notes"/>.</summary>
    Detect,
    MonthFirst,
    DayFirst,
}
