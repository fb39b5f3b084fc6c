namespace Granary.Engine.Trading.Execution;

/// <summary>The open trades of a book, in the order of their entries.</summary>
internal struct OpenTrades
{
    private OpenTrade[] _trades = new OpenTrade[1];
    private int _count;

    public OpenTrades()
    {
    }

    public readonly int Count => _count;

    public readonly ref OpenTrade this[int at] => ref _trades[at];

    public readonly ref OpenTrade Last => ref _trades[_count - 1];

    /// <summary>Appends an empty trade.</summary>
    public ref OpenTrade Add()
    {
        if (_count == _trades.Length) Array.Resize(ref _trades, _trades.Length * 2);
        ref var trade = ref _trades[_count++];
        trade = default;
        return ref trade;
    }

    public void RemoveAt(int at)
    {
        _count--;
        if (at < _count) Array.Copy(_trades, at + 1, _trades, at, _count - at);
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

    /// <summary>
    /// Longs less shorts, in base units times the multiplier. It is summed again on each call, so that rounding leaves no residual
    /// position.
    /// </summary>
    public readonly double Net(double multiplier)
    {
        var net = 0.0;
        for (var i = 0; i < _count; i++) net += (int)_trades[i].Side * _trades[i].Quantity * multiplier;
        return net;
    }

    public readonly Position Netted()
    {
        var position = default(Position);
        for (var i = 0; i < _count; i++)
            position = position.Apply((int)_trades[i].Side * _trades[i].Quantity, _trades[i].EntryPrice).Next;
        return position;
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
