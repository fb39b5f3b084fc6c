using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Brokerage;

/// <summary>
/// The stop and trailing stop of an entry, as they work at a venue: followed from the entry's fills, the moves of the stop, and the bars.
/// </summary>
internal sealed class EntryStop(BrokerOrder entry, Instrument instrument)
{
    private TradeProtection _levels = new() { TrailBest = double.NaN };
    private double _quantity, _notional;
    private long _filledAt;
    private bool _isMoved;

    /// <summary>The time of the entry's first fill, UTC ticks: from the next bar on, a bar's open may trigger the stop.</summary>
    public long FilledAt => _filledAt;

    /// <summary>The last bar that moved the trailing stop, its open time, UTC ticks.</summary>
    public long TrailedTo { get; private set; } = long.MinValue;

    /// <summary>The price at which it triggers; 0 = none.</summary>
    public double Price => _levels.WorkingStop(entry.Side).Price;

    /// <summary>Books a fill of the entry.</summary>
    /// <param name="time">UTC ticks.</param>
    public void Fill(double price, double quantity, long time)
    {
        var before = _quantity > 0 ? _notional / _quantity : price;
        var isFirst = _quantity == 0;
        (_quantity, _notional) = (_quantity + quantity, _notional + price * quantity);
        var now = isFirst ? price : _notional / _quantity;
        var moved = _levels.Stop;
        if (isFirst)
        {
            _filledAt = time;
            _levels.Start(entry.Protection, entry.Side, price, quantity, instrument);
        }
        else
        {
            _levels.Follow(entry.Side, before, now, _quantity, instrument);
        }
        if (_isMoved) _levels.Stop = moved;
    }

    /// <summary>Moves the stop to a price.</summary>
    public void Move(double price) => (_levels.Stop, _isMoved) = (price, true);

    /// <summary>Moves the trailing stop by a bar that has closed since the entry filled.</summary>
    public void Trail(in Bar bar, Timeframe timeframe)
    {
        if (_quantity == 0 || !_levels.Terms.HasTrail || timeframe.CloseOf(bar.Time) <= _filledAt) return;
        var order = new Order { Type = entry.Type, Side = entry.Side, StopPrice = entry.StopPrice, LimitPrice = entry.LimitPrice };
        var sinceOpen = bar.Time > _filledAt || bar.Time == _filledAt && !double.IsNaN(FillRule.AtOpen(ref order, bar));
        _levels.Trail(entry.Side, _notional / _quantity, bar, sinceOpen, instrument);
        TrailedTo = bar.Time;
    }
}
