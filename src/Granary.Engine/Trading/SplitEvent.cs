namespace Granary.Engine.Trading;

/// <summary>The shares of an open trade were split.</summary>
/// <param name="Number">Of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="ExDate">Of the split, UTC ticks; the same for all who hold it.</param>
/// <param name="Ratio">New shares for one old share; the price is as much lower.</param>
public readonly record struct SplitEvent(int Number, long Time, long ExDate, double Ratio);
