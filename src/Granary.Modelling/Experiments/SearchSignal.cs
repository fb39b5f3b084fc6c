using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>A closed trade of a strategy without a model, and when its signal and its outcome were known.</summary>
/// <param name="Strategy">Its number in the plan.</param>
/// <param name="Bar">Of the signal.</param>
/// <param name="Known">Close of that bar, UTC ticks.</param>
/// <param name="Ended">Close of the bar of the exit, UTC ticks.</param>
public readonly record struct SearchSignal(int Strategy, FilteredTrade Trade, int Bar, long Known, long Ended);
