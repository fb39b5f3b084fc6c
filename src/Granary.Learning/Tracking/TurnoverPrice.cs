namespace Granary.Learning.Tracking;

/// <summary>The penalty Σ priceᵢ |wᵢ − previousᵢ| on weights w.</summary>
/// <param name="Price">[weights], not negative, per unit of weight.</param>
/// <param name="Previous">[weights].</param>
internal sealed record TurnoverPrice(double[] Price, double[] Previous);
