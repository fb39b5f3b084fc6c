namespace Granary.Engine.Portfolio.Allocation;

/// <summary>The methods that weigh assets by their past returns.</summary>
public static class AllocationMethods
{
    /// <summary>Weights in proportion to 1 / volatility.</summary>
    public const string InverseVolatility = "inverse-volatility";

    /// <summary>The portfolio with the smallest variance.</summary>
    public const string MinimumVariance = "minimum-variance";

    /// <summary>The portfolio with the greatest ratio of expected return to volatility.</summary>
    public const string MaximumSharpe = "maximum-sharpe";

    /// <summary>Each asset contributes the same risk.</summary>
    public const string RiskParity = "risk-parity";

    /// <summary>Bisects the assets by the tree of their correlations.</summary>
    public const string HierarchicalRiskParity = "hierarchical-risk-parity";

    public static IReadOnlyList<string> All { get; } =
        [InverseVolatility, MinimumVariance, MaximumSharpe, RiskParity, HierarchicalRiskParity];

    /// <summary>Chooses long-only weights.</summary>
    /// <param name="returns">By asset: its returns over the same periods, finite, oldest first. At least two periods.</param>
    /// <param name="previous">The weights in force, by asset, for the turnover penalty; null = there are none, and nothing is penalised.</param>
    /// <returns>
    /// An asset whose returns do not vary has no risk to weigh and gets 0. Nothing is weighted if all are such, or if the method is
    /// <see cref="MaximumSharpe"/> and no permitted portfolio has an expected return above 0.
    /// </returns>
    /// <exception cref="ArgumentException">The method is unknown, sizes differ, or the bounds contradict one another.</exception>
    public static AllocatedWeights Weigh(string method, IReadOnlyList<double[]> returns, AllocationSettings settings,
        IReadOnlyList<double>? previous = null) => throw new NotSupportedException(method);

    /// <summary>Shares of the assets in the portfolio's variance: wᵢ(Σw)ᵢ / w′Σw; all 0 without risk.</summary>
    /// <param name="covariance">Row-major [n, n].</param>
    public static double[] RiskContributions(IReadOnlyList<double> weights, double[] covariance) => throw new NotSupportedException();
}
