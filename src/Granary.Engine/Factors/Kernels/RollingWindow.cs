using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>The last <c>n</c> values as one contiguous span, oldest first, for computations that read all of them.</summary>
internal struct RollingWindow
{
    // Every value is written twice, n apart, so that the window never wraps around.
    private readonly double[] _values;
    private readonly int _n;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingWindow(int n)
    {
        _n = n;
        _values = new double[2 * n];
    }

    /// <summary>Values in it, up to n.</summary>
    public int Count { get; private set; }

    public readonly bool IsFull => Count == _n;

    /// <summary>The last n values, oldest first; zeros stand in front of the first.</summary>
    public readonly ReadOnlySpan<double> Values => _values.AsSpan(_at, _n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        _values[_at] = value;
        _values[_at + _n] = value;
        if (++_at == _n) _at = 0;
        if (Count < _n) Count++;
    }

    /// <summary>Σ |x − center|.</summary>
    public readonly double AbsoluteDeviation(double center)
    {
        var values = Values;
        var sum = Vector256<double>.Zero;
        var i = 0;
        for (; i <= values.Length - 4; i += 4) sum += Vector256.Abs(Vector256.Create(values.Slice(i, 4)) - Vector256.Create(center));
        var rest = 0.0;
        for (; i < values.Length; i++) rest += Math.Abs(values[i] - center);
        return Joined(sum) + rest;
    }

    /// <summary>The least and the greatest.</summary>
    public static (double Least, double Greatest) Extremes(ReadOnlySpan<double> values)
    {
        double least = values[0], greatest = values[0];
        var i = 0;
        if (values.Length >= 4)
        {
            var low = Vector256.Create(values);
            var high = low;
            for (i = 4; i <= values.Length - 4; i += 4)
            {
                low = Vector256.MinNative(low, Vector256.Create(values.Slice(i, 4)));
                high = Vector256.MaxNative(high, Vector256.Create(values.Slice(i, 4)));
            }
            least = Math.Min(Math.Min(low[0], low[1]), Math.Min(low[2], low[3]));
            greatest = Math.Max(Math.Max(high[0], high[1]), Math.Max(high[2], high[3]));
        }
        for (; i < values.Length; i++)
        {
            least = Math.Min(least, values[i]);
            greatest = Math.Max(greatest, values[i]);
        }
        return (least, greatest);
    }

    /// <summary>Σ (x − x̄)², ³ and ⁴, each divided by the number of values.</summary>
    public static (double Second, double Third, double Fourth) CentralMoments(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        Vector256<double> second = default, third = default, fourth = default;
        double restSecond = 0, restThird = 0, restFourth = 0;
        var i = 0;
        for (; i <= values.Length - 4; i += 4)
        {
            var d = Vector256.Create(values.Slice(i, 4)) - Vector256.Create(mean);
            var square = d * d;
            second += square;
            third += square * d;
            fourth += square * square;
        }
        for (; i < values.Length; i++)
        {
            var d = values[i] - mean;
            var square = d * d;
            restSecond += square;
            restThird += square * d;
            restFourth += square * square;
        }
        return ((Joined(second) + restSecond) / values.Length, (Joined(third) + restThird) / values.Length, (Joined(fourth)
            + restFourth) / values.Length);
    }

    /// <summary>Σ (x − x̄)², Σ (y − ȳ)² and Σ (x − x̄)(y − ȳ) of two windows of equal length.</summary>
    public static (double XX, double YY, double XY) Comoments(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var meanX = Mean(x);
        var meanY = Mean(y);
        Vector256<double> xx = default, yy = default, xy = default;
        double restXX = 0, restYY = 0, restXY = 0;
        var i = 0;
        for (; i <= x.Length - 4; i += 4)
        {
            var dx = Vector256.Create(x.Slice(i, 4)) - Vector256.Create(meanX);
            var dy = Vector256.Create(y.Slice(i, 4)) - Vector256.Create(meanY);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        for (; i < x.Length; i++)
        {
            var dx = x[i] - meanX;
            var dy = y[i] - meanY;
            restXX += dx * dx;
            restYY += dy * dy;
            restXY += dx * dy;
        }
        return (Joined(xx) + restXX, Joined(yy) + restYY, Joined(xy) + restXY);
    }

    // Taken from the first value, so that the mean of equal values is that value and not nearly so.
    private static double Mean(ReadOnlySpan<double> values)
    {
        var first = Vector256.Create(values[0]);
        var sum = Vector256<double>.Zero;
        var rest = 0.0;
        var i = 0;
        for (; i <= values.Length - 4; i += 4) sum += Vector256.Create(values.Slice(i, 4)) - first;
        for (; i < values.Length; i++) rest += values[i] - values[0];
        return values[0] + (Joined(sum) + rest) / values.Length;
    }

    // Four lanes on every processor, so that all machines add in the same order.
    private static double Joined(Vector256<double> lanes) => (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}
