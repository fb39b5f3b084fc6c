using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Allocation;

/// <summary>The assets whose returns vary: those with a risk to weigh.</summary>
internal sealed class VaryingAssets
{
    // Without an inverse the best weights are not unique: those of a covariance that has one, and hardly differs, are.
    private const double LeastShrinkage = 1e-6;

    private readonly int _count;
    private readonly int[] _places;

    private VaryingAssets(IReadOnlyList<double[]> returns, int[] places, double[] variances, AllocationSettings settings)
    {
        (_count, _places, Variances) = (returns.Count, places, variances);
        Returns = [.. places.Select(p => returns[p])];
        Bounds = new WeightBounds(settings, places);
        Covariance = ShrunkCovariance.Of(Returns, settings.Shrinkage);
        if (Covariance.IsSingular) Covariance = ShrunkCovariance.Of(Returns, LeastShrinkage);
    }

    public IReadOnlyList<double[]> Returns { get; }

    /// <summary>Variance by asset, without shrinkage.</summary>
    public IReadOnlyList<double> Variances { get; }

    public WeightBounds Bounds { get; }

    public ShrunkCovariance Covariance { get; }

    /// <returns>Null if no asset's returns vary.</returns>
    /// <exception cref="ArgumentException">The periods differ, a return is not finite, or the bounds contradict one another.</exception>
    public static VaryingAssets? Of(IReadOnlyList<double[]> returns, AllocationSettings settings)
    {
        var (places, variances) = (new List<int>(), new List<double>());
        for (var i = 0; i < returns.Count; i++)
        {
            if (returns[i].Length != returns[0].Length || returns[i].Length < 2)
                throw new ArgumentException($"asset {i} has {returns[i].Length} periods, the first {returns[0].Length}", nameof(returns));
            if (!Dense.AllFinite(returns[i])) throw new ArgumentException($"a return of asset {i} is not finite", nameof(returns));
            var mean = Dense.Sum(returns[i]) / returns[i].Length;
            var squares = 0.0;
            foreach (var r in returns[i]) squares += (r - mean) * (r - mean);
            var variance = squares / (returns[i].Length - 1);
            if (Variation.IsNoneSquared(variance, Variation.OfReturns)) continue;
            places.Add(i);
            variances.Add(variance);
        }
        return places.Count == 0 ? null : new VaryingAssets(returns, [.. places], [.. variances], settings);
    }

    /// <summary>The covariance times a factor.</summary>
    public double[] Scaled(double factor) => [.. Covariance.Matrix.Select(c => c * factor)];

    /// <summary>The values of these assets, of values of all.</summary>
    public double[] Select(IReadOnlyList<double> values) => [.. _places.Select(p => values[p])];

    /// <summary>Values of these assets by asset; 0 for the others.</summary>
    public double[] Spread(IReadOnlyList<double> values)
    {
        var all = new double[_count];
        for (var i = 0; i < _places.Length; i++) all[_places[i]] = values[i];
        return all;
    }
}
