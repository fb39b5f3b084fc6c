using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>Divides the values of a date into quantiles.</summary>
/// <remarks>
/// Edge k of q is at k (n − 1) / q among the n sorted values, interpolated; a value at an edge belongs to the quantile below it, as in
/// <c>qcut</c> of pandas.
/// </remarks>
internal sealed class QuantileBins(int quantiles)
{
    private readonly double[] _edges = new double[quantiles + 1];
    private double[] _sorted = [];

    /// <summary>Writes the quantile of each value, from 1.</summary>
    /// <returns>Whether the edges differ. If not, so many values are equal that they would belong to several quantiles.</returns>
    public bool Write(ReadOnlySpan<double> values, Span<byte> bins)
    {
        var n = values.Length;
        if (_sorted.Length < n) _sorted = new double[n];
        var sorted = _sorted.AsSpan(0, n);
        values.CopyTo(sorted);
        sorted.Sort();
        for (var k = 0; k <= quantiles; k++)
        {
            _edges[k] = Quantile.Linear(sorted, k, quantiles);
            if (k > 0 && !(_edges[k] > _edges[k - 1])) return false;
        }
        for (var i = 0; i < n; i++)
        {
            var bin = 1;
            while (bin < quantiles && values[i] > _edges[bin]) bin++;
            bins[i] = (byte)bin;
        }
        return true;
    }
}
