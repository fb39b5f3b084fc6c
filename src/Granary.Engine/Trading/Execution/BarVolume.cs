using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Trading.Execution;

/// <summary>Quantity already filled in the current bar, if fills are bounded by a share of its volume.</summary>
internal struct BarVolume
{
    private long _bar = long.MinValue;
    private double _used;

    public BarVolume()
    {
    }

    /// <summary>The last bar.</summary>
    public readonly long Bar => _bar;

    /// <summary>So much of a quantity as a bar leaves, in whole lots.</summary>
    /// <param name="bar">Index of the bar; a new bar starts from zero.</param>
    /// <param name="most">Most that may be filled in it, base units.</param>
    public double Fitting(double wanted, long bar, double most, Instrument instrument)
    {
        if (_bar != bar) (_bar, _used) = (bar, 0);
        var left = most - _used;
        if (wanted <= left) return wanted;
        // A remainder this small is a rounding error of the subtraction.
        return left > most * Tolerance.Quantity ? instrument.RoundQuantity(left) : 0;
    }

    /// <summary>Adds a fill in a bar, also one that the volume did not bound.</summary>
    public void Draw(double quantity, long bar) => (_bar, _used) = (bar, bar == _bar ? _used + quantity : quantity);
}
