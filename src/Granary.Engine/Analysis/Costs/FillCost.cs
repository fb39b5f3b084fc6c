using Granary.Engine.Trading;

namespace Granary.Engine.Analysis.Costs;

/// <summary>The cost of one fill against a reference price, and figures that may explain it.</summary>
/// <param name="Side">The side of the order.</param>
/// <param name="Venue">The name of the venue; texts that differ are different venues.</param>
/// <param name="Slippage">How much worse than the reference price it filled, basis points of that price; negative is better.</param>
/// <param name="Share">Its quantity over the volume of its bar, from 0 to 1; NaN if it is unknown.</param>
/// <param name="Range">High less low of its bar, basis points of the bar's open; NaN if it is unknown.</param>
/// <param name="Hour">Hour of the day of the fill, UTC, 0 to 23.</param>
/// <param name="Day">The day of the fill, UTC, as days since year 1; fills of a day are resampled together.</param>
internal readonly record struct FillCost(Side Side, string Venue, double Slippage, double Share, double Range, int Hour, int Day);
