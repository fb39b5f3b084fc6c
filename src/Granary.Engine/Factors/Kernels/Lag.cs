namespace Granary.Engine.Factors.Kernels;

/// <summary>The values of <c>n</c> steps ago.</summary>
internal struct Lag : IBarFold
{
    private readonly double[] _values;
    private int _at;

    /// <param name="n">Steps back, at least 1.</param>
    public Lag(int n)
    {
        _values = new double[n];
        _values.AsSpan().Fill(double.NaN);
    }

    /// <summary>Adds the next value and returns the one n steps before it; NaN if there is none.</summary>
    public double Next(double value)
    {
        var values = _values;
        var at = _at;
        var old = values[at];
        values[at] = value;
        _at = at + 1 == values.Length ? 0 : at + 1;
        return old;
    }

    /// <summary>The same for a run of values.</summary>
    /// <param name="results">As many; other memory than the values'.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        var n = _values.Length;
        if (values.Length >= n)
        {
            _values.AsSpan(_at).CopyTo(results);
            _values.AsSpan(0, _at).CopyTo(results[(n - _at)..]);
            values[..^n].CopyTo(results[n..]);
            values[^n..].CopyTo(_values);
            _at = 0;
            return;
        }
        var first = Math.Min(values.Length, n - _at);
        _values.AsSpan(_at, first).CopyTo(results);
        _values.AsSpan(0, values.Length - first).CopyTo(results[first..]);
        values[..first].CopyTo(_values.AsSpan(_at));
        values[first..].CopyTo(_values);
        _at = (_at + values.Length) % n;
    }

    /// <summary>The closes of n bars before.</summary>
    public void Next(in FactorInput bars, Span<double> results) => Next(bars.Close, results);
}
