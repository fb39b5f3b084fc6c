using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What the chart of a strategy's trades says of them.</summary>
internal sealed class TradeSentences(SentenceCheck says, JsonElement strategy)
{
    private const int Drawn = 80;

    public void Check(IReadOnlyList<TradeRow> trades)
    {
        var (id, symbol) = (strategy.GetProperty("id").GetString()!, strategy.GetProperty("symbol").GetString()!);
        says.Listed(System.Text.RegularExpressions.Regex.Escape(id), "the strategy's name");
        says.Listed($"{symbol}, {strategy.GetProperty("timeframe").GetString()}( .*)?", "the market's name");
        says.Says($"{{}} {(trades.Count == 1 ? "trade" : "trades")} on {symbol}, return of the strategy {{}}.",
            trades.Count, RunFigures.Stat(strategy, "totalReturn"));
        says.Says("Line: closes; band: highs and lows, {~} on average." + (trades.Count <= Drawn ? ""
            : " Drawn are the 80 trades of {} that moved the most money."), trades.Count <= Drawn ? [] : [trades.Count]);
        foreach (var t in trades.Count <= Drawn ? trades : trades.OrderByDescending(t => Math.Abs(t.NetProfit)).Take(Drawn)) Say(t);
    }

    // Every mark in the picture has a sentence of its own.
    private void Say(TradeRow t)
    {
        var entered = $"{(t.Sign > 0 ? "Long" : "Short")} {Cell.Time(t.EntryTime).Text} at {{}} → ";
        if (t.IsOpen) says.Says(entered + "still open, {}", t.EntryPrice, t.Return);
        else says.Says($"{entered}{Cell.Time(t.ExitTime).Text} at {{}} ({TradeTables.Reason(t)}), {{}}",
            t.EntryPrice, t.ExitPrice, t.Return);
    }

    /// <summary>Most gains and most losses in a row, in order of closing.</summary>
    public static (int Won, int Lost) Streaks(IEnumerable<TradeRow> closed)
    {
        var (won, lost, gains, losses) = (0, 0, 0, 0);
        foreach (var t in closed)
        {
            (gains, losses) = (t.NetProfit > 0 ? gains + 1 : 0, t.NetProfit < 0 ? losses + 1 : 0);
            (won, lost) = (Math.Max(won, gains), Math.Max(lost, losses));
        }
        return (won, lost);
    }
}
