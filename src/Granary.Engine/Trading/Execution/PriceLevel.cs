using Granary.Engine.Numerics;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// Compares the market's prices with the levels of orders, stops and targets. A price that differs from a level by rounding alone is at the
/// level: 10 percent above 100 is 110, although the product is 110.00000000000001.
/// </summary>
internal static class PriceLevel
{
    /// <summary>The largest rounding error, relative to the level.</summary>
    public const double Rounding = Tolerance.Level;

    /// <summary>Whether a price and a level differ by rounding at most.</summary>
    public static bool AreEqual(double price, double level) => Math.Abs(price - level) <= level * Rounding;

    public static bool IsAtOrAbove(double price, double level) => price >= level || AreEqual(price, level);

    public static bool IsAtOrBelow(double price, double level) => price <= level || AreEqual(price, level);

    /// <summary>The price at which a level is met: the level, or the market's own price if the two differ by rounding alone.</summary>
    /// <param name="extreme">The lowest or highest price of the bar.</param>
    public static double Met(double level, double extreme) => AreEqual(extreme, level) ? extreme : level;
}
