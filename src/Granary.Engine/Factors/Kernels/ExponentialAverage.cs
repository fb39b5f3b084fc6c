using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// An exponential average that starts from the simple average of its first <c>n</c> values: the recursion behind ema, macd, dema, …
/// </summary>
internal struct ExponentialAverage(int n, double alpha)
{
    private double _value;
    private int _seen;

    /// <summary>With the usual weight of 2 / (n + 1).</summary>
    public ExponentialAverage(int n) : this(n, 2.0 / (n + 1))
    {
    }

    /// <summary>Whether the average has had the values that it starts from.</summary>
    public readonly bool IsWarm => _seen == n;

    /// <summary>Takes the next value; NaN until <c>n</c> have come.</summary>
    public double Next(double value)
    {
        if (_seen == n) return NextWarm(value);
        _value += value;
        if (++_seen < n) return double.NaN;
        return _value /= n;
    }

    /// <summary>The same where <see cref="IsWarm"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextWarm(double value) => _value = Math.FusedMultiplyAdd(alpha, value - _value, _value);

    /// <summary>The same for a run of values.</summary>
    /// <param name="results">As many; may be the values' own memory.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        var i = 0;
        for (; i < values.Length && _seen < n; i++) results[i] = Next(values[i]);
        // The average in a register: only a difference and one fused step wait for the last bar's.
        var value = _value;
        var weight = alpha;
        for (; i < values.Length; i++) results[i] = value = Math.FusedMultiplyAdd(weight, values[i] - value, value);
        _value = value;
    }
}
