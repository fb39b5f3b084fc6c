using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>A field of a stored bar that the file has otherwise. The file's value is kept.</summary>
/// <param name="Time">The bar's open, UTC ticks.</param>
public sealed record BarDifference(long Time, string Field, double Was, double Is);
