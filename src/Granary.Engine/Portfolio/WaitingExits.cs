using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>Trades that their strategies have closed, and of which the volume cap has left the portfolio a part.</summary>
internal sealed class WaitingExits(PortfolioAccount account, VolumeCap volume)
{
    private readonly SortedDictionary<long, Trade> _trades = [];
    // The time up to which each has paid and received what positions do, UTC ticks.
    private readonly Dictionary<long, long> _bookedTo = [];

    public bool Contains(long trade) => _trades.ContainsKey(trade);

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<long> Keys => _trades.Count > 0 ? [.. _trades.Keys] : [];

    /// <summary>The trade as its strategy closed it.</summary>
    public Trade this[long trade] => _trades[trade];

    /// <summary>A strategy has closed a trade.</summary>
    /// <returns>Whether the portfolio still holds a part that it must close within the volume of later bars.</returns>
    public bool Add(long key, in Trade trade)
    {
        if (!volume.IsOn
            || trade.Reason is ExitReason.Open or ExitReason.MarginCall or ExitReason.Limit or ExitReason.Delisted or ExitReason.Expired
                or ExitReason.Operator
            || trade.Reason == ExitReason.Liquidation && account.IsLiquidating) return false;
        if (!account.Holdings.TryGetValue(key, out var holding) || !(holding.Quantity > 0)) return false;
        _trades[key] = trade;
        _bookedTo[key] = trade.ExitTime;
        return true;
    }

    public void Remove(long trade)
    {
        _trades.Remove(trade);
        _bookedTo.Remove(trade);
    }

    /// <summary>Moves the time up to which a trade has paid and received what positions do.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>The time before.</returns>
    public long BookTo(long trade, long time)
    {
        var before = _bookedTo[trade];
        _bookedTo[trade] = Math.Max(before, time);
        return before;
    }
}
