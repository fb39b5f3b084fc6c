using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// Weighted averages and least-squares slopes of the last <c>n</c> values, weighted 1 (oldest) to n (newest), in constant time, without drift and rounded once:
/// decimal prices in whole ticks, by <see cref="RollingWeightedSum"/> where a double surely holds their sums; else with what rounding loses kept beside
/// the sums, as in <see cref="ExactSum"/>.
/// </summary>
public struct ExactWeightedSum
{
    // Prices below a million, weighted and summed, are then below 2⁵³ ticks.
    private const double DearestPrice = 1e6;

    private readonly double[] _window;
    private readonly double _scale;
    private readonly bool _isDecimal, _isSmall;
    private RollingWeightedSum _ticks;
    private double _sum, _sumLow, _weighted, _weightedLow;
    private int _at, _seen;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactWeightedSum(int n, int decimals)
    {
        _window = new double[n];
        _isDecimal = decimals is >= 0 and <= 9;
        _scale = _isDecimal ? Math.Pow(10, decimals) : 1;
        _isSmall = _isDecimal && DearestPrice * _scale * n * (n + 1.0) / 2 < 1L << 53;
        _ticks = new RollingWeightedSum(_isSmall ? n : 1);
    }

    /// <summary>Takes a run of values; each result is the weighted mean Σ w·x / Σ w up to its value, NaN until n have come.</summary>
    /// <param name="results">As many; other memory than the values'.</param>
    /// <param name="scratch">As many; what it held is lost.</param>
    public void NextMeans(ReadOnlySpan<double> values, Span<double> results, Span<double> scratch)
    {
        var n = _window.Length;
        var divisor = _scale * (n * (n + 1.0) / 2);
        var cold = Math.Clamp(n - 1 - _seen, 0, values.Length);
        if (_isSmall)
        {
            SumTicks(values, results, scratch);
            for (var i = 0; i < results.Length; i++) results[i] /= divisor;
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

    /// <summary>Takes a run of values; the results are the least-squares slope and the simple average up to each value, NaN until n have come.</summary>
    /// <param name="slopes">As many; other memory than the values'.</param>
    /// <param name="means">As many; other memory.</param>
    public void NextSlopes(ReadOnlySpan<double> values, Span<double> slopes, Span<double> means)
    {
        double n = _window.Length;
        var divisor = n * (n * n - 1) / 12 * _scale;
        var middle = (n + 1) / 2;
        var cold = Math.Clamp(_window.Length - 1 - _seen, 0, values.Length);
        if (_isSmall)
        {
            SumTicks(values, slopes, means);
            for (var i = 0; i < slopes.Length; i++)
            {
                slopes[i] = (slopes[i] - middle * means[i]) / divisor;
                means[i] /= _scale * n;
            }
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
                means[i] = ExactSum.Quotient(self._sum, self._sumLow, _scale * n);
            }
            this = self;
        }
        slopes[..cold].Fill(double.NaN);
        means[..cold].Fill(double.NaN);
    }

    private void SumTicks(ReadOnlySpan<double> values, Span<double> weighted, Span<double> sums)
    {
        for (var i = 0; i < values.Length; i++) weighted[i] = Math.Round(values[i] * _scale);
        _ticks.Next(weighted, weighted, sums);
        _seen = (int)Math.Min(_window.Length, _seen + (long)values.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(double value)
    {
        var window = _window;
        var n = window.Length;
        var at = _at;
        var units = _isDecimal ? Math.Round(value * _scale) : value;
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
