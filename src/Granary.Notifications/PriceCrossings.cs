using Granary.Engine.Market;

namespace Granary.Notifications;

/// <summary>Keeps the newest bars of accounts. A rule reports the bar that reaches its price, and not the bars that stay there.</summary>
internal sealed class PriceCrossings
{
    private readonly Dictionary<(string Account, string Symbol), Known> _known = [];

    /// <param name="Ticks">Of the shortest timeframe in which the account takes the symbol.</param>
    /// <param name="Time">When the bar closed.</param>
    private readonly record struct Known(long Ticks, long Time, (double Low, double High) Own, (double Low, double High) Before);

    /// <summary>Forgets all bars.</summary>
    public void Forget() => _known.Clear();

    /// <summary>
    /// Returns the range of the bar before; of the first bar that is known, its open. Null for bars of longer timeframes than the symbol's
    /// shortest one, whose prices are known already.
    /// </summary>
    /// <param name="closed">A new bar, or the newest one again.</param>
    public (double Low, double High)? Before(string account, in ClosedBar closed)
    {
        var (key, bar, ticks) = ((account, closed.Symbol), closed.Bar, closed.Timeframe.Ticks);
        var isKnown = _known.TryGetValue(key, out var last);
        if (isKnown && ticks > last.Ticks) return null;
        (double Low, double High) before = !isKnown || ticks < last.Ticks ? (bar.Open, bar.Open)
            : last.Time == closed.CloseTime ? last.Before : last.Own;
        _known[key] = new Known(ticks, closed.CloseTime, (bar.Low, bar.High), before);
        return before;
    }
}
