using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>A closed trade of a strategy without a model, with the times at which its signal and its outcome were known.</summary>
/// <param name="Strategy">Index of the strategy in the plan.</param>
/// <param name="Bar">Index of the bar of the signal.</param>
/// <param name="Known">Close of that bar, UTC ticks.</param>
/// <param name="Ended">Close of the bar of the trade's exit, UTC ticks.</param>
internal readonly record struct SearchSignal(int Strategy, FilteredTrade Trade, int Bar, long Known, long Ended);
