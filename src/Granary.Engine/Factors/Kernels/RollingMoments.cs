using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// Mean and squared deviation of the last <c>n</c> values in constant time, accurate to a few units in the last place even if the values
/// are nearly equal. Welford's recurrence sums the tail of the finished group of n and the head of the current group. Chan's formula, in
/// which every term is positive, joins the two. The deviation of equal values is exactly zero.
/// </summary>
internal struct RollingMoments
{
    private readonly double[] _tailMean, _tailSquares, _share, _weight, _inverse;
    private double _headMean, _headSquares;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingMoments(int n)
    {
        _tailMean = new double[n + 1];
        _tailSquares = new double[n + 1];
        _share = new double[n];
        _weight = new double[n];
        _inverse = new double[n];
        for (var i = 0; i < n; i++)
        {
            double head = i + 1, tail = n - head;
            _inverse[i] = 1 / head;
            _share[i] = tail / n;
            _weight[i] = tail * head / n;
        }
    }

    /// <summary>Mean of the window; valid after n values.</summary>
    public double Mean { get; private set; }

    /// <summary>Sum of (x − mean)² over the window; valid after n values.</summary>
    public double SumOfSquares { get; private set; }

    /// <summary>Adds the next value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        var at = _at;
        var next = at + 1;
        var delta = value - _headMean;
        var mean = _headMean + delta * _inverse[at];
        var squares = _headSquares + delta * (value - mean);
        var apart = _tailMean[next] - mean;
        Mean = mean + apart * _share[at];
        SumOfSquares = squares + _tailSquares[next] + apart * apart * _weight[at];
        _tailMean[at] = value;
        if (next == _inverse.Length)
        {
            Turn(_tailMean, _tailSquares, _inverse);
            mean = squares = 0;
            next = 0;
        }
        _headMean = mean;
        _headSquares = squares;
        _at = next;
    }

    /// <summary>Adds a run of values and writes the moments after each; valid after n values.</summary>
    /// <param name="means">A buffer of the same length; empty to skip the means.</param>
    /// <param name="sumsOfSquares">A buffer of the same length.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> means, Span<double> sumsOfSquares)
    {
        // A local copy stays in registers.
        var self = this;
        for (var i = 0; i < values.Length; i++)
        {
            self.Add(values[i]);
            sumsOfSquares[i] = self.SumOfSquares;
            if (means.Length > 0) means[i] = self.Mean;
        }
        this = self;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(double[] tailMean, double[] tailSquares, double[] inverse)
    {
        double mean = 0, squares = 0;
        for (int i = inverse.Length - 1, count = 0; i >= 0; i--, count++)
        {
            var value = tailMean[i];
            var delta = value - mean;
            mean += delta * inverse[count];
            squares += delta * (value - mean);
            tailMean[i] = mean;
            tailSquares[i] = squares;
        }
    }
}
