using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The share of a bar's volume that all strategies together may fill. A strategy that fills later gets the volume that earlier ones have
/// left. Bars that open together share one cap, in all timeframes.
/// </summary>
internal sealed class VolumeCap
{
    private readonly double _share;
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly BarVolume[] _drawn;
    private readonly (long Time, double Volume, bool IsNew)[] _bars;

    /// <param name="share">0 = no cap.</param>
    public VolumeCap(double share, IReadOnlyList<Instrument> instruments)
    {
        _share = share;
        _instruments = instruments;
        _drawn = new BarVolume[instruments.Count];
        for (var i = 0; i < _drawn.Length; i++) _drawn[i] = new BarVolume();
        _bars = new (long, double, bool)[instruments.Count];
    }

    public bool IsOn => _share > 0;

    /// <summary>An instrument's bar has closed.</summary>
    public void Mark(int market, in Bar bar) => _bars[market] = (bar.Time, bar.Volume, true);

    /// <summary>Open time of an instrument's last bar, UTC ticks.</summary>
    public long LastBar(int market) => _bars[market].Time;

    /// <summary>Takes as much of a fill as the cap of its bar leaves.</summary>
    /// <param name="quantity">The portfolio's, base units.</param>
    public double Take(int market, in TradeFill fill, double quantity)
    {
        if (!IsOn || !(fill.BarVolume > 0)) return quantity;
        return Take(market, quantity, fill.Time, fill.BarVolume);
    }

    /// <summary>Takes a fill that the cap does not bound.</summary>
    /// <param name="quantity">The portfolio's, base units.</param>
    public void TakeWhole(int market, in TradeFill fill, double quantity)
    {
        if (IsOn) _drawn[market].Draw(quantity, fill.Time);
    }

    /// <summary>Takes as much of a quantity as the cap of the bar that closed now leaves; 0 where no bar closed.</summary>
    public double TakeAtClose(int market, double quantity)
    {
        var bar = _bars[market];
        return bar.IsNew ? Take(market, quantity, bar.Time, bar.Volume) : 0;
    }

    private double Take(int market, double quantity, long bar, double volume)
    {
        var fits = _drawn[market].Fitting(quantity, bar, _share * volume, _instruments[market]);
        _drawn[market].Draw(fits, bar);
        return fits;
    }

    /// <summary>The bars that closed now are used.</summary>
    public void EndTimestamp()
    {
        for (var i = 0; i < _bars.Length; i++) _bars[i].IsNew = false;
    }
}
