namespace Granary.Engine.Factors;

/// <summary>An exponential average that starts from the simple average of its first <c>n</c> values: the recursion behind ema, macd, dema, …</summary>
public struct ExponentialAverage(int n, double alpha)
{
    private double _value;
    private int _seen;

    /// <summary>With the usual weight of 2 / (n + 1).</summary>
    public ExponentialAverage(int n) : this(n, 2.0 / (n + 1))
    {
    }

    /// <summary>Takes the next value; NaN until <c>n</c> have come.</summary>
    public double Next(double value)
    {
        if (_seen == n) return _value += alpha * (value - _value);
        _value += value;
        if (++_seen < n) return double.NaN;
        return _value /= n;
    }
}
