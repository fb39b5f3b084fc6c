using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// Weighted averages and least-squares slopes of the last <c>n</c> values, weighted 1 (oldest) to n (newest), in constant time and without
/// drift. Decimal prices are summed in whole ticks and the result is rounded once, so a tie is a tie: by
/// <see cref="RollingWeightedSum"/> where a double surely holds their sums, else with what rounding loses kept beside the sums, as in
/// <see cref="ExactSum"/>. Prices that are not decimal have no ticks to tie on; they are summed as they are.
/// </summary>
internal struct ExactWeightedSum
{
    private readonly double[] _window;
    private readonly double _scale;
    // Whether plain doubles do.
    private readonly bool _isPlain;
    private RollingWeightedSum _plain;
    private double _sum, _sumLow, _weighted, _weightedLow;
    private int _at, _seen;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactWeightedSum(int n, int decimals)
    {
        _window = new double[n];
        var isDecimal = decimals is >= 0 and <= 9;
        _scale = isDecimal ? Math.Pow(10, decimals) : 0;
        _isPlain = !isDecimal || ExactSum.FitsDouble(decimals, n * (n + 1.0) / 2);
        _plain = new RollingWeightedSum(_isPlain ? n : 1);
    }

    /// <summary>Takes a run of values; each result is the weighted mean Σ w·x / Σ w up to its value, NaN until n have come.</summary>
    /// <param name="results">As many; other memory than the values'.</param>
    public void NextMeans(ReadOnlySpan<double> values, Span<double> results)
    {
        var n = _window.Length;
        var divisor = (_scale > 0 ? _scale : 1) * (n * (n + 1.0) / 2);
        var cold = Math.Clamp(n - 1 - _seen, 0, values.Length);
        if (_isPlain)
        {
            SumPlain(values, results, []);
            ExactSum.Divide(results, divisor);
        }
        else
        {
            // A local copy stays in registers.
            var self = this;
            for (var i = 0; i < values.Length; i++)
            {
                self.Add(values[i]);
                results[i] = ExactSum.Quotient(self._weighted, self._weightedLow, divisor);
            }
            this = self;
        }
        results[..cold].Fill(double.NaN);
    }

    /// <summary>
    /// Takes a run of values; the results are the least-squares slope and the simple average up to each value, NaN until n have come.
    /// </summary>
    /// <param name="slopes">As many; other memory than the values'.</param>
    /// <param name="means">As many; other memory.</param>
    public void NextSlopes(ReadOnlySpan<double> values, Span<double> slopes, Span<double> means)
    {
        double n = _window.Length;
        var scale = _scale > 0 ? _scale : 1;
        var divisor = n * (n * n - 1) / 12 * scale;
        var middle = (n + 1) / 2;
        var cold = Math.Clamp(_window.Length - 1 - _seen, 0, values.Length);
        if (_isPlain)
        {
            SumPlain(values, slopes, means);
            for (var i = 0; i < slopes.Length; i++)
            {
                slopes[i] = (slopes[i] - middle * means[i]) / divisor;
            }
            ExactSum.Divide(means, scale * n);
        }
        else
        {
            var self = this;
            for (var i = 0; i < values.Length; i++)
            {
                self.Add(values[i]);
                // The two are nearly equal: the product's error counts.
                var product = self._sum * middle;
                var error = Math.FusedMultiplyAdd(self._sum, middle, -product);
                slopes[i] = (self._weighted - product + (self._weightedLow - error - self._sumLow * middle)) / divisor;
                means[i] = ExactSum.Quotient(self._sum, self._sumLow, scale * n);
            }
            this = self;
        }
        slopes[..cold].Fill(double.NaN);
        means[..cold].Fill(double.NaN);
    }

    private void SumPlain(ReadOnlySpan<double> values, Span<double> weighted, Span<double> sums)
    {
        if (_scale > 0)
        {
            ExactSum.ToTicks(values, _scale, weighted);
            _plain.Next(weighted, weighted, sums);
        }
        else
        {
            _plain.Next(values, weighted, sums);
        }
        _seen = (int)Math.Min(_window.Length, _seen + (long)values.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(double value)
    {
        var window = _window;
        var n = window.Length;
        var at = _at;
        var units = Math.Round(value * _scale);
        var oldest = 0.0;
        if (_seen == n)
        {
            // Every value in the window loses one weight: the old sum goes.
            oldest = window[at];
            var less = _weighted - _sum;
            var t = less - _weighted;
            _weightedLow += (_weighted - (less - t)) - (_sum + t) - _sumLow;
            _weighted = less;
        }
        else
        {
            _seen++;
        }
        var product = units * _seen;
        var sum = _weighted + product;
        var p = sum - _weighted;
        _weightedLow += (_weighted - (sum - p)) + (product - p) + Math.FusedMultiplyAdd(units, _seen, -product);
        _weighted = sum;

        var difference = units - oldest;
        var d = difference - units;
        var total = _sum + difference;
        var s = total - _sum;
        _sumLow += ((units - (difference - d)) - (oldest + d)) + ((_sum - (total - s)) + (difference - s));
        _sum = total;

        window[at] = units;
        _at = at + 1 == n ? 0 : at + 1;
    }
}
