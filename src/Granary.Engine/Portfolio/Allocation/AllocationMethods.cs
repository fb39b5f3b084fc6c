namespace Granary.Engine.Portfolio.Allocation;

/// <summary>The methods that weigh assets by their past returns.</summary>
internal static class AllocationMethods
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

    /// <summary>The most assets that a method weighs.</summary>
    public const int MostAssets = 2000;

    public static IReadOnlyList<string> All { get; } =
        [InverseVolatility, MinimumVariance, MaximumSharpe, RiskParity, HierarchicalRiskParity];

    /// <summary>Chooses long-only weights.</summary>
    /// <param name="returns">By asset: its returns over the same periods, finite, oldest first. At least two periods.</param>
    /// <param name="previous">The weights in force by asset, for the turnover penalty; null = none, and nothing is penalised.</param>
    /// <returns>
    /// An asset whose returns do not vary has no risk to weigh and gets 0. Nothing is weighted if all are such, or if the method is
    /// <see cref="MaximumSharpe"/> and no permitted portfolio has an expected return above 0.
    /// </returns>
    /// <exception cref="ArgumentException">The method is unknown, sizes differ, or the bounds contradict one another.</exception>
    public static AllocatedWeights Weigh(string method, IReadOnlyList<double[]> returns, AllocationSettings settings,
        IReadOnlyList<double>? previous = null)
    {
        if (!All.Contains(method, StringComparer.Ordinal)) throw new ArgumentException($"there is no method '{method}'", nameof(method));
        if (returns.Count > MostAssets) throw new ArgumentException($"{returns.Count} assets are more than {MostAssets}", nameof(returns));
        if (previous is not null && previous.Count != returns.Count)
            throw new ArgumentException($"{previous.Count} previous weights of {returns.Count} assets", nameof(previous));
        var assets = VaryingAssets.Of(returns, settings);
        var chosen = assets is null ? null : Choose(method, assets, settings, previous is null ? null : assets.Select(previous));
        if (assets is null || chosen is null)
            return new AllocatedWeights(new double[returns.Count], new double[returns.Count]);
        var covariance = assets.Covariance;
        // The risk is that of the shrunk covariance, also for methods that do not use it.
        return new AllocatedWeights(assets.Spread(chosen), assets.Spread(covariance.ContributionsOf(chosen)))
        {
            Return = covariance.ReturnOf(chosen),
            Risk = Math.Sqrt(covariance.VarianceOf(chosen)),
            Shrinkage = covariance.Shrinkage,
        };
    }

    private static double[]? Choose(string method, VaryingAssets assets, AllocationSettings settings, double[]? previous)
    {
        var bounds = assets.Bounds;
        switch (method)
        {
            case MinimumVariance: return LeastVariance(assets, settings, previous);
            case MaximumSharpe: return GreatestSharpe(assets, settings, previous);
            case RiskParity: return Near(EqualRisk(assets), assets, settings, previous);
            case InverseVolatility:
                double[] inverse = [.. assets.Variances.Select(v => 1 / Math.Sqrt(v))];
                return Near(bounds.Proportional(inverse), assets, settings, previous);
            default:
                var tree = HierarchicalTree.Weights(ShrunkCovariance.Of(assets.Returns, settings.Shrinkage ?? 0).Matrix, bounds.Count);
                return Near(bounds.Proportional(tree), assets, settings, previous);
        }
    }

    private static double[] LeastVariance(VaryingAssets assets, AllocationSettings settings, double[]? previous)
    {
        var scale = assets.Covariance.MeanVariance;
        return new BoundedObjective(assets.Bounds, assets.Scaled(2 / scale), new double[assets.Bounds.Count])
        {
            Previous = previous,
            Price = settings.TurnoverPenalty / scale,
        }.Solve();
    }

    // min ½y′Σy − (expected return of y, less its penalty) over all multiples y of permitted weights: at the best multiple that is minus
    // half the squared ratio. In units of a good portfolio's return and variance the best multiple is about 1.
    private static double[]? GreatestSharpe(VaryingAssets assets, AllocationSettings settings, double[]? previous)
    {
        var (bounds, covariance) = (assets.Bounds, assets.Covariance);
        var price = previous is null ? 0 : settings.TurnoverPenalty;
        double Gain(double[] weights)
        {
            var gain = covariance.ReturnOf(weights);
            for (var i = 0; price > 0 && i < weights.Length; i++) gain -= price * Math.Abs(weights[i] - previous![i]);
            return gain;
        }
        var greatest = bounds.Greatest(covariance.Means, previous, price);
        if (!(Gain(greatest) > 0)) return null;
        double Ratio(double[] weights) => Gain(weights) / Math.Sqrt(covariance.VarianceOf(weights));
        double[][] known = [greatest, bounds.Flat(), LeastVariance(assets, settings, null)];
        var start = known.MaxBy(Ratio)!;
        var unit = Gain(start);
        return new BoundedObjective(bounds, assets.Scaled(1 / covariance.VarianceOf(start)), [.. covariance.Means.Select(m => -m / unit)])
        {
            Previous = previous,
            Price = price / unit,
            IsRatio = true,
            Start = start,
        }.Solve();
    }

    // Spinu 2013: the minimum of ½y′Σy − mean of ln y has equal contributions yᵢ(Σy)ᵢ. Over all multiples of permitted weights it is the
    // permitted portfolio with the least ln(volatility) − mean of ln(weight).
    private static double[] EqualRisk(VaryingAssets assets) =>
        new BoundedObjective(assets.Bounds, assets.Scaled(1 / assets.Covariance.MeanVariance), new double[assets.Bounds.Count])
        {
            IsRatio = true,
            Log = 1.0 / assets.Bounds.Count,
        }.Solve();

    // Of the methods without an objective in returns: the permitted weights with the least ½|w − target|² + penalty · |w − previous|.
    private static double[] Near(double[] target, VaryingAssets assets, AllocationSettings settings, double[]? previous)
    {
        if (previous is null || !(settings.TurnoverPenalty > 0)) return target;
        var identity = new double[target.Length * target.Length];
        for (var i = 0; i < target.Length; i++) identity[i * target.Length + i] = 1;
        return new BoundedObjective(assets.Bounds, identity, [.. target.Select(t => -t)])
        {
            Previous = previous,
            Price = settings.TurnoverPenalty,
        }.Solve();
    }
}
