using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>The value of <c>n</c> steps ago.</summary>
public struct Lag
{
    private readonly double[] _values;
    private int _at;

    /// <param name="n">Steps back, at least 1.</param>
    public Lag(int n)
    {
        _values = new double[n];
        _values.AsSpan().Fill(double.NaN);
    }

    /// <summary>Takes the next value and gives the one of n steps before it; NaN where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value)
    {
        var values = _values;
        var at = _at;
        var old = values[at];
        values[at] = value;
        _at = at + 1 == values.Length ? 0 : at + 1;
        return old;
    }
}
