namespace Granary.Simulation.Columns;

/// <summary>A value of a slower series.</summary>
/// <param name="Stamp">The time in the file, UTC ticks; of a date without a time the end of that day.</param>
/// <param name="Known">The time from which on it is known, UTC ticks.</param>
internal readonly record struct AsofRow(long Stamp, long Known, double Value);
