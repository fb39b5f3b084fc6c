namespace Granary.Engine.Factors;

/// <summary>The simple average of the last <c>n</c> values, exact as <see cref="ExactSum"/> is.</summary>
public struct RollingMean
{
    private readonly double[] _window;
    private ExactSum _sum;
    private int _at, _seen;

    /// <param name="n">The window's length, at least 1.</param>
    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public RollingMean(int n, int decimals)
    {
        _window = new double[n];
        _sum = new ExactSum(decimals);
    }

    /// <summary>Takes a run of values; each result is the average up to its value, NaN until n have come.</summary>
    /// <param name="results">As many; other memory than the values'.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        var window = _window;
        var n = window.Length;
        var sum = _sum;
        var at = _at;
        var i = 0;
        for (; i < values.Length && _seen < n; i++)
        {
            sum.Plus(window[at] = sum.Units(values[i]));
            if (++at == n) at = 0;
            results[i] = ++_seen == n ? sum.Mean(n) : double.NaN;
        }
        while (i < values.Length)
        {
            // Up to the window's end and back to its start.
            var count = Math.Min(n - at, values.Length - i);
            var oldest = window.AsSpan(at, count);
            var newest = values.Slice(i, count);
            var means = results.Slice(i, count);
            for (var k = 0; k < oldest.Length; k++)
            {
                var units = sum.Units(newest[k]);
                sum.Replace(oldest[k], units);
                oldest[k] = units;
                means[k] = sum.Mean(n);
            }
            i += count;
            at = at + count == n ? 0 : at + count;
        }
        _sum = sum;
        _at = at;
    }
}
