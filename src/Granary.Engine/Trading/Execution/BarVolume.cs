using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>What has been filled of the bar that was last filled in, where a share of its volume bounds that.</summary>
internal struct BarVolume
{
    private long _bar = long.MinValue;
    private double _used;

    public BarVolume()
    {
    }

    /// <summary>So much of a quantity as a bar leaves, in whole lots.</summary>
    /// <param name="bar">Which bar; another one than the last starts from zero.</param>
    /// <param name="most">What may be filled in it, base units.</param>
    public double Fitting(double wanted, long bar, double most, Instrument instrument)
    {
        if (_bar != bar) (_bar, _used) = (bar, 0);
        var left = most - _used;
        if (wanted <= left) return wanted;
        // What subtraction leaves behind is no volume.
        return left > most * 1e-9 ? instrument.RoundQuantity(left) : 0;
    }

    /// <summary>So much was filled in the bar last asked about.</summary>
    public void Draw(double quantity) => _used += quantity;
}
