using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables that group closed trades: by exit, side, duration, weekday and hour.</summary>
internal static class TradeTables
{
    private static readonly Dictionary<string, string> Exits = new(StringComparer.Ordinal)
    {
        ["Signal"] = "signal", ["Stop"] = "stop", ["Target"] = "target", ["Trailing stop"] = "trailing-stop", ["Bars held"] = "max-bars",
        ["Time of day"] = "time", ["Margin call"] = "margin-call", ["Limit"] = "limit", ["Ruin"] = "ruin", ["Data ended"] = "end",
    };

    public static void Check(PageCheck check, IReadOnlyList<TradeRow> trades, Func<TradeRow, bool> isIntraday)
    {
        List<TradeRow> closed = [.. trades.Where(t => !t.IsOpen)];
        Grouped(check, "Closed trades by what ended them", closed, (t, name) => t.Reason == Exits.GetValueOrDefault(name));
        Grouped(check, "Closed trades by side", closed, (t, name) => t.Sign > 0 == (name == "Long"));
        Grouped(check, "Closed trades by bars held", closed, (t, name) => InBand(t.Bars, name));
        Grouped(check, "Closed trades by the weekday", closed, (t, name) => t.EntryTime.DayOfWeek.ToString() == name);
        List<TradeRow> intraday = [.. closed.Where(isIntraday)];
        if (intraday.Count > 0)
            Grouped(check, "Closed trades on intraday bars by the hour", intraday, (t, name) => $"{t.EntryTime:HH}:00" == name);
    }

    private static void Grouped(PageCheck check, string caption, List<TradeRow> closed, Func<TradeRow, string, bool> belongs)
    {
        var rows = check.Take(caption).Rows.Skip(1).ToList();
        foreach (var row in rows)
        {
            List<TradeRow> group = [.. closed.Where(t => belongs(t, row[0]))];
            var (where, figures) = ($"{caption}, {row[0]}", new TradeFigures(group));
            check.Number(where + ", trades", row[1], group.Count);
            check.Number(where + ", share", row[2], (double)group.Count / closed.Count);
            check.Number(where + ", won", row[3], figures.WinRate);
            check.Number(where + ", profit factor", row[4], figures.ProfitFactor);
            check.Number(where + ", average return", row[5], Mean(group, t => t.Return));
            check.Number(where + ", bars", row[6], Mean(group, t => t.Bars));
            check.Number(where + ", net profit", row[7], group.Sum(t => t.NetProfit));
        }
        check.Number(caption + ", all trades are in a row", closed.Count.ToString(), rows.Sum(r => ShownNumber.Parse(r[1]).Value));
    }

    private static double Mean(List<TradeRow> trades, Func<TradeRow, double> figure) => trades.Select(figure).DefaultIfEmpty(double.NaN).Average();

    // Bands are written 0–1, 2–4 and so on; the last one is open.
    private static bool InBand(int bars, string band)
    {
        var ends = band.Split('–');
        var first = (int)ShownNumber.Parse(ends[0]).Value;
        return bars >= first && (ends.Length == 1 || bars <= ShownNumber.Parse(ends[1]).Value);
    }
}
