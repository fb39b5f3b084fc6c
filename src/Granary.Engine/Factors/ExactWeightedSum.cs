using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The last <c>n</c> values weighted 1 (oldest) to n (newest), and their plain sum, in constant time and without drift:
/// decimal prices in whole ticks, others as they are, each with what rounding loses kept beside it, as in <see cref="ExactSum"/>.
/// </summary>
public struct ExactWeightedSum
{
    private readonly double[] _window;
    private readonly double _scale;
    private readonly bool _isDecimal;
    private double _sum, _sumLow, _weighted, _weightedLow;
    private int _at, _seen;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactWeightedSum(int n, int decimals)
    {
        _window = new double[n];
        _isDecimal = decimals is >= 0 and <= 9;
        _scale = _isDecimal ? Math.Pow(10, decimals) : 1;
    }

    public readonly bool IsFull => _seen == _window.Length;

    /// <summary>Takes the next value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        var window = _window;
        var n = window.Length;
        var at = _at;
        var units = _isDecimal ? Math.Round(value * _scale) : value;
        var difference = units;
        if (_seen == n)
        {
            // Every value in the window loses one weight: the old sum goes.
            var minus = -_sum;
            var less = _weighted + minus;
            var t = less - _weighted;
            _weightedLow += (_weighted - (less - t)) + (minus - t) - _sumLow;
            _weighted = less;
            var oldest = window[at];
            difference = units - oldest;
            var d = difference - units;
            _sumLow += (units - (difference - d)) - (oldest + d);
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

        var total = _sum + difference;
        var s = total - _sum;
        _sumLow += (_sum - (total - s)) + (difference - s);
        _sum = total;

        window[at] = units;
        _at = at + 1 == n ? 0 : at + 1;
    }

    /// <summary>Σ w·x / Σ w, rounded once.</summary>
    public readonly double WeightedMean
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Quotient(_weighted, _weightedLow, _scale * (_window.Length * (_window.Length + 1.0) / 2));
    }

    /// <summary>Σ x / n, rounded once.</summary>
    public readonly double Mean
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Quotient(_sum, _sumLow, _scale * _window.Length);
    }

    /// <summary>Σ (w − w̄)·(x − x̄): the numerator of the window's least-squares slope.</summary>
    public readonly double Covariation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // The two are nearly equal: the product's error counts.
            var middle = (_window.Length + 1) / 2.0;
            var product = _sum * middle;
            var error = Math.FusedMultiplyAdd(_sum, middle, -product);
            return (_weighted - product + (_weightedLow - error - _sumLow * middle)) / _scale;
        }
    }

    /// <summary>Takes a run of values; each result is the weighted mean up to its value, NaN until n have come.</summary>
    /// <param name="results">As many; may be the values' own memory.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        // A local copy stays in registers.
        var self = this;
        for (var i = 0; i < values.Length; i++)
        {
            self.Add(values[i]);
            results[i] = self.IsFull ? self.WeightedMean : double.NaN;
        }
        this = self;
    }

    /// <summary>Takes a run of values; each result is the least-squares slope up to its value, NaN until n have come.</summary>
    /// <param name="means">The simple averages besides, NaN likewise; empty where they are not wanted.</param>
    public void NextSlopes(ReadOnlySpan<double> values, Span<double> slopes, Span<double> means)
    {
        var self = this;
        double n = _window.Length;
        var squares = n * (n * n - 1) / 12;
        for (var i = 0; i < values.Length; i++)
        {
            self.Add(values[i]);
            slopes[i] = self.IsFull ? self.Covariation / squares : double.NaN;
            if (means.Length > 0) means[i] = self.IsFull ? self.Mean : double.NaN;
        }
        this = self;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Quotient(double high, double low, double divisor)
    {
        var quotient = high / divisor;
        return quotient + (Math.FusedMultiplyAdd(-quotient, divisor, high) + low) / divisor;
    }
}
