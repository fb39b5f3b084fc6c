using Granary.Engine.Trading;

namespace Granary.Engine.Analysis.Costs;

/// <summary>The cost of a side at a venue, in the pool's mean hour, at the pool's mean size and range.</summary>
/// <param name="Fills">Fills of the cell.</param>
/// <param name="Raw">Mean of the cell's fills, basis points; NaN without fills.</param>
/// <param name="Shrinkage">The share by which it is drawn to the pool: 0 = its own fills alone, 1 = the pool.</param>
internal readonly record struct CostCell(Side Side, string Venue, int Fills, double Raw, double Shrinkage, CostEstimate Cost);

/// <summary>How much more an hour costs than the mean of all fills.</summary>
/// <param name="Hour">UTC, 0 to 23.</param>
/// <param name="Raw">Mean of the hour's fills less the mean of all, basis points.</param>
internal readonly record struct CostHour(int Hour, int Fills, double Raw, double Shrinkage, CostEstimate Cost);

/// <summary>The effect of a measure of a fill.</summary>
/// <param name="Center">The measure's mean over the fills, at which the cells' costs hold.</param>
/// <param name="Least">The least value of the measure, and its greatest in <paramref name="Most"/>.</param>
/// <param name="Cost">Basis points per unit of the measure.</param>
internal sealed record CostSlope(double Center, double Least, double Most, CostEstimate Cost);
