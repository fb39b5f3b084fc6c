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
            sum.Add(window[at] = values[i]);
            if (++at == n) at = 0;
            results[i] = ++_seen == n ? sum.Mean(n) : double.NaN;
        }
        for (; i < values.Length; i++)
        {
            sum.Replace(window[at], values[i]);
            window[at] = values[i];
            if (++at == n) at = 0;
            results[i] = sum.Mean(n);
        }
        _sum = sum;
        _at = at;
    }
}
