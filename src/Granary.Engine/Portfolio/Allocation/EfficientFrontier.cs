namespace Granary.Engine.Portfolio.Allocation;

/// <summary>The efficient frontier of long-only portfolios within bounds (Markowitz 1952).</summary>
internal static class EfficientFrontier
{
    /// <param name="returns">By asset: its returns over the same periods, finite, oldest first.</param>
    /// <param name="settings">Bounds and shrinkage; the turnover penalty is not used.</param>
    /// <param name="points">Number of portfolios, at least 2.</param>
    /// <returns>
    /// Portfolios with evenly spaced expected returns, from the smallest variance to the greatest return. One if both are the same; none
    /// if no asset has risk.
    /// </returns>
    /// <exception cref="ArgumentException">Sizes differ, or the bounds contradict one another.</exception>
    public static IReadOnlyList<FrontierPoint> Of(IReadOnlyList<double[]> returns, AllocationSettings settings, int points)
    {
        if (points < 2) throw new ArgumentException($"a frontier of {points} points", nameof(points));
        if (VaryingAssets.Of(returns, settings) is not { } assets) return [];
        var (bounds, covariance) = (assets.Bounds, assets.Covariance);
        var (quadratic, none) = (assets.Scaled(1 / covariance.MeanVariance), new double[bounds.Count]);
        FrontierPoint Point(double[] weights) =>
            new(covariance.ReturnOf(weights), Math.Sqrt(covariance.VarianceOf(weights)), assets.Spread(weights));
        List<FrontierPoint> frontier = [Point(new BoundedObjective(bounds, quadratic, none).Solve())];
        var (least, most) = (frontier[0].Return, covariance.ReturnOf(bounds.Greatest(covariance.Means, null, 0)));
        var scale = covariance.Means.Max(Math.Abs);
        if (!(most - least > 1e-9 * scale)) return frontier;
        double[] gains = [.. covariance.Means.Select(m => m / scale)];
        for (var k = 1; k < points - 1; k++)
        {
            var floor = (least + (most - least) * k / (points - 1)) / scale;
            frontier.Add(Point(new BoundedObjective(bounds, quadratic, none) { Floor = (gains, floor) }.Solve()));
        }
        frontier.Add(Point(bounds.Greatest(covariance.Means, null, 0)));
        return frontier;
    }
}
