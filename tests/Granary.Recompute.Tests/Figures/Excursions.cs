using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>How far the price went against a trade and for it, as fractions of the entry price.</summary>
internal static class Excursions
{
    /// <summary>Of the bars from the entry to before the exit, and of the price of the exit.</summary>
    /// <param name="bars">In the order of their times.</param>
    public static (double Adverse, double Favourable) Of(TradeRow trade, List<MarketBar> bars) => Of(trade, trade.ExitPrice, bars);

    /// <summary>
    /// The same of a portfolio's trade, which may be closed in parts: the price of the last part counts. The closed part of a trade that
    /// goes on has the excursions of the trade.
    /// </summary>
    public static (double Adverse, double Favourable) OfPortfolio(TradeRow trade, RunFiles files, List<MarketBar> bars)
    {
        var whole = files.PortfolioTrades().Find(t => t.IsOpen && t.Strategy == trade.Strategy && t.Symbol == trade.Symbol
            && t.EntryTime == trade.EntryTime && t.Sign == trade.Sign) ?? trade;
        return Of(whole, ExitsOf(trade, files) is { Length: > 0 } exits ? exits[^1] : whole.ExitPrice, bars);
    }

    /// <summary>The prices at which the parts of a portfolio's trade were closed, in the order of the fills.</summary>
    public static double[] ExitsOf(TradeRow trade, RunFiles files)
    {
        if (trade.IsOpen) return [];
        var numbers = files.PortfolioFills().Where(f => f.Kind == "entry" && f.Strategy == trade.Strategy && f.Time == trade.EntryTime
            && f.Sign == trade.Sign).Select(f => f.Number).ToHashSet();
        // Each window of a walk-forward numbers its trades from 1.
        return [.. files.PortfolioFills().Where(f => f.Kind == "exit" && f.Strategy == trade.Strategy && numbers.Contains(f.Number)
            && f.Time >= trade.EntryTime && f.Time <= trade.ExitTime).Select(f => f.Price)];
    }

    private static (double Adverse, double Favourable) Of(TradeRow trade, double exitPrice, List<MarketBar> bars)
    {
        var (low, high) = (Math.Min(trade.EntryPrice, exitPrice), Math.Max(trade.EntryPrice, exitPrice));
        // An open trade, and one that the end of the data closed, has seen the whole last bar.
        bool Has(DateTime time) => trade.IsOpen || trade.Reason == "data-ended" ? time <= trade.ExitTime : time < trade.ExitTime;
        for (var i = FirstAt(bars, trade.EntryTime); i < bars.Count && Has(bars[i].Time); i++)
            (low, high) = (Math.Min(low, bars[i].Low), Math.Max(high, bars[i].High));
        var (fall, rise) = ((trade.EntryPrice - low) / trade.EntryPrice, (high - trade.EntryPrice) / trade.EntryPrice);
        return trade.Sign > 0 ? (fall, rise) : (rise, fall);
    }

    private static int FirstAt(List<MarketBar> bars, DateTime time)
    {
        var at = bars.BinarySearch(new MarketBar(time, 0, 0, 0, 0, 0),
            Comparer<MarketBar>.Create((a, b) => a.Time.CompareTo(b.Time)));
        return at < 0 ? ~at : at;
    }
}
