using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// Covariance of returns, shrunk towards the identity times the mean variance: (1 − shrinkage) · S + shrinkage · mean variance · I, where S
/// divides by the number of periods. Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, Journal of
/// Multivariate Analysis 88 (2004).
/// </summary>
/// <remarks>With a shrinkage above 0 it has an inverse, also with fewer periods than assets.</remarks>
internal sealed class ShrunkCovariance
{
    private ShrunkCovariance(double[] matrix, double[] means, double shrinkage) =>
        (Matrix, Means, Shrinkage) = (matrix, means, shrinkage);

    public int Count => Means.Count;

    /// <summary>Row-major [assets, assets].</summary>
    public double[] Matrix { get; }

    /// <summary>Mean return per period by asset.</summary>
    public IReadOnlyList<double> Means { get; }

    /// <summary>Share of the scaled identity, from 0 to 1.</summary>
    public double Shrinkage { get; }

    /// <summary>The mean of the variances.</summary>
    public double MeanVariance
    {
        get
        {
            var trace = 0.0;
            for (var i = 0; i < Count; i++) trace += Matrix[i * Count + i];
            return trace / Count;
        }
    }

    /// <param name="returns">By asset: its returns over the same periods, finite.</param>
    /// <param name="shrinkage">From 0 to 1; null for Ledoit and Wolf's, which has the smallest expected squared error.</param>
    /// <exception cref="ArgumentException">There are no assets or periods, or the periods differ.</exception>
    public static ShrunkCovariance Of(IReadOnlyList<double[]> returns, double? shrinkage = null)
    {
        if (returns.Count == 0 || returns[0].Length == 0) throw new ArgumentException("there are no returns", nameof(returns));
        var (n, periods) = (returns.Count, returns[0].Length);
        var means = new double[n];
        var centred = new double[n][];
        for (var i = 0; i < n; i++)
        {
            if (returns[i].Length != periods)
                throw new ArgumentException($"asset {i} has {returns[i].Length} periods, the first {periods}", nameof(returns));
            means[i] = Dense.Sum(returns[i]) / periods;
            centred[i] = [.. returns[i].Select(r => r - means[i])];
        }
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
                matrix[i * n + j] = matrix[j * n + i] = Dense.Dot(centred[i], centred[j]) / periods;
        var trace = 0.0;
        for (var i = 0; i < n; i++) trace += matrix[i * n + i];
        var mean = trace / n;
        var share = shrinkage ?? LedoitWolf(centred, matrix, mean);
        for (var i = 0; i < matrix.Length; i++) matrix[i] *= 1 - share;
        for (var i = 0; i < n; i++) matrix[i * n + i] += share * mean;
        return new ShrunkCovariance(matrix, means, share);
    }

    // δ² is the squared distance of S from the scaled identity, β² the part of it that is the error of S; both per asset.
    private static double LedoitWolf(double[][] centred, double[] matrix, double mean)
    {
        var (n, periods) = (centred.Length, centred[0].Length);
        if (n == 1) return 0;
        var (fourth, squares) = (0.0, 0.0);
        for (var t = 0; t < periods; t++)
        {
            var length = 0.0;
            for (var i = 0; i < n; i++) length += centred[i][t] * centred[i][t];
            fourth += length * length;
        }
        for (var i = 0; i < n; i++)
        {
            var row = matrix.AsSpan(i * n, n);
            squares += Dense.Dot(row, row);
        }
        var error = (fourth / periods - squares) / ((double)n * periods);
        var distance = (squares - n * mean * mean) / n;
        return !(error > 0 && distance > 0) ? 0 : error >= distance ? 1 : error / distance;
    }

    /// <summary>Whether rounding hides its inverse.</summary>
    public bool IsSingular => Cholesky.Factor([.. Matrix], new bool[Count], 1e-10) < Count;

    /// <summary>w′Σw.</summary>
    public double VarianceOf(IReadOnlyList<double> weights)
    {
        var (products, sum) = (Products(weights), 0.0);
        for (var i = 0; i < products.Length; i++) sum += weights[i] * products[i];
        return Math.Max(0, sum);
    }

    /// <summary>The expected return of a portfolio per period.</summary>
    public double ReturnOf(IReadOnlyList<double> weights)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++) sum += weights[i] * Means[i];
        return sum;
    }

    /// <summary>Shares of the assets in the variance of a portfolio: wᵢ(Σw)ᵢ / w′Σw; all 0 if it has no risk.</summary>
    public double[] ContributionsOf(IReadOnlyList<double> weights)
    {
        var (products, sum) = (Products(weights), VarianceOf(weights));
        return [.. products.Select((p, i) => sum > 0 ? weights[i] * p / sum : 0)];
    }

    private double[] Products(IReadOnlyList<double> weights)
    {
        if (weights.Count != Count) throw new ArgumentException($"{weights.Count} weights of {Count} assets", nameof(weights));
        double[] w = [.. weights];
        var products = new double[Count];
        for (var i = 0; i < products.Length; i++) products[i] = Dense.Dot(Matrix.AsSpan(i * Count, Count), w);
        return products;
    }
}
