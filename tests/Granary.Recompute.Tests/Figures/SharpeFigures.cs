namespace Granary.Recompute.Tests.Figures;

/// <summary>A Sharpe ratio per period with what its error depends on.</summary>
/// <param name="Sharpe">NaN where nothing moved, and where all was lost.</param>
internal readonly record struct SharpeFigures(double Sharpe, Shape Shape, int Periods)
{
    public bool IsDefined => double.IsFinite(Sharpe);

    /// <summary>Periods from which on the ratio differs from zero at 95 %; NaN for one that is not positive.</summary>
    public double LeastRecord => Sharpe > 0 ? 1 + Math.Pow(Shape.Error(Sharpe) * Shape.Quantile95 / Sharpe, 2) : double.NaN;

    public static SharpeFigures Of(double[] returns) =>
        new(returns.Any(r => r <= -1 + 1e-9) || returns.All(r => r == returns[0]) ? double.NaN
            : returns.Average() / CurveFigures.Deviation(returns), Shape.Of(returns), returns.Length);

    /// <summary>The probability that the true ratio exceeds a threshold.</summary>
    public double Above(double threshold) => IsDefined
        ? NormalCurve.Probability((Sharpe - threshold) * Math.Sqrt(Periods - 1) / Shape.Error(Sharpe)) : double.NaN;
}
