namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// The simple average of the last <c>n</c> values, rounded once: decimal prices summed in whole ticks by <see cref="RollingFold{TFold}"/>
/// where a double surely holds their sums, others by <see cref="ExactSum"/>.
/// </summary>
internal struct RollingMean
{
    private readonly double[] _window;
    private readonly double _scale;
    private readonly bool _isSmall;
    private RollingFold<Total> _ticks;
    private ExactSum _sum;
    private int _at, _seen;
    private const int Longest = 256;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public RollingMean(int n, int decimals)
    {
        _window = new double[n];
        _sum = new ExactSum(decimals);
        _isSmall = ExactSum.FitsDouble(decimals, n);
        _scale = Math.Pow(10, decimals);
        _ticks = new RollingFold<Total>(_isSmall ? n : 1);
    }

    /// <summary>Takes a run of values; each result is the average up to its value, NaN until n have come.</summary>
    /// <param name="results">As many; other memory than the values'.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        var n = _window.Length;
        if (_isSmall)
        {
            ExactSum.ToTicks(values, _scale, results);
            _ticks.Next(results, results);
            ExactSum.Divide(results, _scale * n);
            results[..Math.Clamp(n - 1 - _seen, 0, results.Length)].Fill(double.NaN);
            _seen = (int)Math.Min(n, _seen + (long)values.Length);
            return;
        }
        var sum = _sum;
        var i = 0;
        for (; i < values.Length && _seen < n; i++)
        {
            sum.Plus(_window[_seen] = sum.Units(values[i]));
            results[i] = ++_seen == n ? sum.Mean(n) : double.NaN;
        }
        var divisor = sum.Divisor(n);
        Span<double> errors = stackalloc double[Longest];
        while (i < values.Length)
        {
            // Up to the window's end and back to its start.
            var count = Math.Min(Math.Min(n - _at, values.Length - i), Longest);
            var means = results.Slice(i, count);
            sum.Slide(_window.AsSpan(_at, count), values.Slice(i, count), means, errors[..count]);
            // The sums wait for one another; their divisions are independent.
            ExactSum.Divide(means, errors, divisor);
            i += count;
            _at = _at + count == n ? 0 : _at + count;
        }
        _sum = sum;
    }
}
