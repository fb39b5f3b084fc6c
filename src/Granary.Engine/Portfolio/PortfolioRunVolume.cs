using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

// A share of a bar's volume bounds what each strategy fills in it, and here what all of them together do: a strategy that comes when the others have taken it gets
// what is left, and what cannot be closed in the bar in which its strategy closed is closed at the closes of the next ones, as far as their volume goes.
public sealed partial class PortfolioRun
{
    // By instrument: what of the last bar has been filled, and the bar that closed last. Bars that open together count together, whatever their timeframes.
    private readonly BarVolume[] _drawn;
    private readonly (long Time, double Volume, bool Fresh)[] _bars;
    // Trades that their strategies have closed, and the portfolio not yet, as the strategies closed them.
    private readonly SortedDictionary<long, Trade> _winding = [];

    private bool IsBounded => _execution.VolumeShare > 0;

    /// <summary>Whether the last entry that the portfolio had a part in found its bar's volume taken by other strategies.</summary>
    public bool WasCrowdedOut { get; private set; }

    // So much of a fill as the other strategies' leave of its bar.
    private double Uncrowded(int market, in TradeFill fill, double own)
    {
        if (!IsBounded || !(fill.BarVolume > 0)) return own;
        var fits = _drawn[market].Fitting(own, fill.Time, _execution.VolumeShare * fill.BarVolume, _instruments[market]);
        _drawn[market].Draw(fits);
        return fits;
    }

    // A strategy has closed a trade of which the portfolio still holds a part.
    private bool MustWait(long key, in Trade trade)
    {
        if (!IsBounded || trade.Reason is ExitReason.Open or ExitReason.MarginCall or ExitReason.Limit) return false;
        if (!_holdings.TryGetValue(key, out var holding) || !(holding.Quantity > 0)) return false;
        _winding[key] = trade;
        return true;
    }

    /// <summary>
    /// Goes on closing, at the last marks and within the volume of the bars that closed now, what strategies have closed and the portfolio could not. To be asked after
    /// <see cref="Revalue"/>, and followed by it.
    /// </summary>
    /// <returns>The trades that are closed whole now.</returns>
    public IReadOnlyList<PortfolioTrade> Unwind(long time)
    {
        if (!IsBounded) return [];
        List<PortfolioTrade>? closed = null;
        foreach (var key in _winding.Count > 0 ? _winding.Keys.ToList() : [])
        {
            var holding = _holdings[key];
            var (market, member) = (holding.Symbol, (int)(key >> 32));
            var bar = _bars[market];
            if (!bar.Fresh) continue;
            var own = _drawn[market].Fitting(holding.Quantity, bar.Time, _execution.VolumeShare * bar.Volume, _instruments[market]);
            if (!(own > 0)) continue;
            _drawn[market].Draw(own);
            var price = _close[market];
            var fee = _execution.Fee.Fee(price, own, _instruments[market].Multiplier, maker: false);
            var fill = new TradeFill((int)key, time, price, own, fee, new OrderId(-3), IsEntry: false, IsFirst: false, IsMaker: false);
            Close(member, key, ref holding, fill, own);
            if (holding.Quantity > 0) continue;
            var trade = _winding[key];
            if (Settle(member, trade with { ExitTime = time, ExitPrice = price, Bars = Math.Max(trade.Bars, BarsOf(member, holding)) }) is { } whole) (closed ??= []).Add(whole);
        }
        for (var i = 0; i < _bars.Length; i++) _bars[i].Fresh = false;
        return closed ?? (IReadOnlyList<PortfolioTrade>)[];
    }

    /// <summary>What is still not closed when the bars end, marked at the last closes and open as the strategies' own open trades are.</summary>
    public IReadOnlyList<PortfolioTrade> EndUnwinding(long time)
    {
        List<PortfolioTrade>? open = null;
        foreach (var (key, trade) in _winding)
            if (Settle((int)(key >> 32), trade with { ExitTime = time, ExitPrice = _close[_holdings[key].Symbol], Reason = ExitReason.Open }) is { } rest)
                (open ??= []).Add(rest);
        return open ?? (IReadOnlyList<PortfolioTrade>)[];
    }
}
