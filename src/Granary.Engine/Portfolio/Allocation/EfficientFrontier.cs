namespace Granary.Engine.Portfolio.Allocation;

/// <summary>The efficient frontier of long-only portfolios within bounds (Markowitz 1952).</summary>
public static class EfficientFrontier
{
    /// <param name="returns">By asset: its returns over the same periods, finite, oldest first.</param>
    /// <param name="settings">Bounds and shrinkage; the turnover penalty is not used.</param>
    /// <param name="points">Number of portfolios, at least 2.</param>
    /// <returns>
    /// Portfolios with evenly spaced expected returns, from that of the smallest variance to the greatest; empty if no asset has risk. One
    /// if both are the same.
    /// </returns>
    public static IReadOnlyList<FrontierPoint> Of(IReadOnlyList<double[]> returns, AllocationSettings settings, int points) =>
        throw new NotSupportedException();
}
