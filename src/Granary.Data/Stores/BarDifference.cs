using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>A field in which a stored bar differs from the file's bar. The file's value replaces the stored one.</summary>
/// <param name="Time">The bar's open, UTC ticks.</param>
public sealed record BarDifference(long Time, string Field, double Was, double Is);
