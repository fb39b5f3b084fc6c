using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>The open trades of a book, in the order of their entries. Only its methods change quantities, and the net with them.</summary>
/// <param name="multiplier">The instrument's.</param>
internal struct OpenTrades(double multiplier)
{
    private readonly double _multiplier = multiplier;
    private OpenTrade[] _trades = new OpenTrade[1];
    private int _count;

    public readonly int Count => _count;

    public readonly ref OpenTrade this[int at] => ref _trades[at];

    public readonly ref OpenTrade Last => ref _trades[_count - 1];

    /// <summary>Longs less shorts in base units times the multiplier: equity is cash + net · close.</summary>
    public double Net { get; private set; }

    /// <summary>Adds a trade, which its first fill opens.</summary>
    public ref OpenTrade Add(int number, Side side, double quantity, double price, double fee)
    {
        if (_count == _trades.Length) Array.Resize(ref _trades, _trades.Length * 2);
        ref var trade = ref _trades[_count++];
        trade = default;
        trade.Open(number, side, quantity, price, fee);
        Net += (int)side * quantity * _multiplier;
        return ref trade;
    }

    /// <summary>Adds a further fill of a trade's entry.</summary>
    public void Increase(ref OpenTrade trade, double quantity, double price, double fee)
    {
        trade.Increase(quantity, price, fee);
        Net += (int)trade.Side * quantity * _multiplier;
    }

    /// <summary>Takes a fill from a trade's quantity.</summary>
    /// <returns>Whether a part is still open; if not, the trade must be removed.</returns>
    public bool Reduce(ref OpenTrade trade, double quantity, double price, double fee)
    {
        trade.Reduce(quantity, price, fee);
        if (!(trade.Quantity > 0)) return false;
        Net -= (int)trade.Side * quantity * _multiplier;
        return true;
    }

    /// <summary>Removes a closed trade.</summary>
    public void RemoveAt(int at)
    {
        _count--;
        if (at < _count) Array.Copy(_trades, at + 1, _trades, at, _count - at);
        Sum();
    }

    public void Clear() => (_count, Net) = (0, 0);

    /// <summary>Applies a split to the trades that were entered before a time: quantities grow as prices fall.</summary>
    public void Split(long from, double ratio, Instrument instrument)
    {
        for (var i = 0; i < _count; i++)
            if (_trades[i].EntryTime < from)
                _trades[i].Split(ratio, instrument);
        Sum();
    }

    /// <summary>Moves the quantity of a trade to the next contract.</summary>
    /// <param name="traded">The price of the new contract less that of the old one, as they were traded.</param>
    /// <param name="change">The change of the instrument, by which levels move.</param>
    public readonly void Roll(int at, double traded, ListingChange change, Instrument instrument) =>
        _trades[at].Roll(traded, change, instrument);

    // Sums again, so that rounding leaves no residual position.
    private void Sum()
    {
        var net = 0.0;
        for (var i = 0; i < _count; i++) net += (int)_trades[i].Side * _trades[i].Quantity * _multiplier;
        Net = net;
    }

    /// <returns>−1 if no open trade has this number.</returns>
    public readonly int IndexOf(int number)
    {
        for (var i = 0; i < _count; i++)
            if (_trades[i].Number == number)
                return i;
        return -1;
    }

    public readonly bool Has(Side side)
    {
        for (var i = 0; i < _count; i++)
            if (_trades[i].Side == side)
                return true;
        return false;
    }

    /// <summary>The number of trades of a side with a completely filled entry and without a pending exit.</summary>
    public readonly int Settled(Side side)
    {
        var count = 0;
        for (var i = 0; i < _count; i++)
            if (_trades[i].Side == side && !_trades[i].Exiting && !_trades[i].EntryWorking)
                count++;
        return count;
    }

    public readonly Position Netted()
    {
        var position = default(Position);
        for (var i = 0; i < _count; i++)
            position = position.Apply((int)_trades[i].Side * _trades[i].Quantity, _trades[i].EntryPrice).Next;
        return position;
    }

    /// <summary>Returns the sums over all trades.</summary>
    /// <param name="power">The buying power of the instrument.</param>
    public readonly PositionSums Sums(in BuyingPower power)
    {
        var sums = new PositionSums { Net = Net };
        for (var i = 0; i < _count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side == Side.Buy)
            {
                sums.Longs += trade.Quantity;
            }
            else
            {
                sums.Shorts += trade.Quantity;
                sums.Collateral += 2 * trade.Quantity * trade.EntryPrice * _multiplier;
            }
            if (power.IsIsolated) sums.Isolated += power.TiedUp(trade.Side, trade.EntryPrice, trade.Quantity);
        }
        return sums;
    }

    /// <summary>Returns the open quantity of a side, base units.</summary>
    public readonly double QuantityOf(Side side)
    {
        var sum = 0.0;
        for (var i = 0; i < _count; i++)
            if (_trades[i].Side == side)
                sum += _trades[i].Quantity;
        return sum;
    }
}
