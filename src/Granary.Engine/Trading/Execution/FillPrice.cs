namespace Granary.Engine.Trading.Execution;

/// <summary>The price of one fill.</summary>
/// <param name="Price">Quote currency per base unit, slippage included.</param>
/// <param name="IsMaker">The order waited in the book at its own limit price, so the maker fee applies.</param>
internal readonly record struct FillPrice(double Price, bool IsMaker);
