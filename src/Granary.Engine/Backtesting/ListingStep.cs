namespace Granary.Engine.Backtesting;

/// <summary>A bar of a block at which the symbol's listing changes.</summary>
/// <param name="Index">Of the bar in the block.</param>
/// <param name="Restarts">Whether the bar is the first of a new listing, with which factors and strategies begin again.</param>
internal readonly record struct ListingStep(int Index, bool Restarts);
