namespace Granary.Engine.Factors.Kernels;

/// <summary>Wilder's relative strength index of a series: the recursion behind rsi and stochastic-rsi.</summary>
internal struct RelativeStrength(int n)
{
    private readonly double _alpha = 1.0 / n;
    private double _previous = double.NaN, _gain, _loss;
    private int _seen = -1;

    /// <summary>Takes a run of values; NaN until n changes have come.</summary>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        var i = 0;
        for (; i < values.Length && _seen < n; i++) results[i] = Seed(values[i]);
        var (previous, gain, loss, alpha) = (_previous, _gain, _loss, _alpha);
        for (; i < values.Length; i++)
        {
            var change = values[i] - previous;
            previous = values[i];
            gain = Math.FusedMultiplyAdd(alpha, double.MaxNative(change, 0) - gain, gain);
            loss = Math.FusedMultiplyAdd(alpha, double.MaxNative(-change, 0) - loss, loss);
            results[i] = Index(gain, loss);
        }
        (_previous, _gain, _loss) = (previous, gain, loss);
    }

    private static double Index(double gain, double loss) => loss > 0 ? 100 - 100 / (1 + gain / loss) : 100;

    private double Seed(double value)
    {
        var change = value - _previous;
        _previous = value;
        if (++_seen == 0) return double.NaN;
        _gain += Math.Max(change, 0);
        _loss += Math.Max(-change, 0);
        if (_seen < n) return double.NaN;
        _gain /= n;
        _loss /= n;
        return Index(_gain, _loss);
    }
}
