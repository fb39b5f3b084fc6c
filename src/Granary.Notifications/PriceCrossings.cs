using Granary.Engine.Market;

namespace Granary.Notifications;

/// <summary>
/// Keeps the newest bars of accounts. A rule reports the bar that reaches its price, and not the bars that stay there. Call
/// <see cref="Reach"/> for each entry.
/// </summary>
internal sealed class PriceCrossings
{
    private readonly Dictionary<(string Account, string Symbol), Known> _known = [];
    // The last entry of each account's journal.
    private readonly Dictionary<string, long> _reached = new(StringComparer.Ordinal);

    /// <param name="Ticks">Of the shortest timeframe in which the account takes the symbol.</param>
    /// <param name="Time">When the bar closed.</param>
    private readonly record struct Known(long Ticks, long Time, (double Low, double High) Own, (double Low, double High) Before);

    /// <summary>
    /// Takes the number of an entry. If it does not follow the last one, a different server has read entries, or no rule had a price: the
    /// account's bars are forgotten, because the bar before is not among them.
    /// </summary>
    public void Reach(string account, long sequence)
    {
        var follows = _reached.TryGetValue(account, out var last) && sequence - last is 0 or 1;
        _reached[account] = sequence;
        if (follows) return;
        foreach (var key in _known.Keys.Where(k => k.Account == account).ToList()) _known.Remove(key);
    }

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
