using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Causes of exits, sides and durations of the trades.</summary>
internal sealed class TradeEndsSection : IReportSection<RunView>
{
    public string Id => "exits";

    public string Title => "Exits, sides, durations";

    public bool Applies(RunView view) => view.Trades.Measures.Trades > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var t = view.Trades;
        TradeGroupTable.Origin(html, t);
        TradeGroupTable.Write(html, "Closed trades by what ended them", "Exit",
            t.ByReason.Select(g => (NumberText.Words(g.Key.Title()), g.Value)));
        if (t.BySide.Count > 1)
            TradeGroupTable.Write(html, "Closed trades by side", "Side",
                t.BySide.Reverse().Select(g => (g.Key == Side.Buy ? "Long" : "Short", g.Value)));
        TradeGroupTable.Write(html, "Closed trades by bars held", "Bars held", t.ByBand.Select(g => (Band(g.Key), g.Value)));
        if (t.OpenCount == 0) return;
        html.Write($"<details><summary>{NumberText.Count(t.OpenCount)} {(t.OpenCount == 1 ? "trade was" : "trades were")} still open at "
            + $"the end</summary>");
        HtmlTable.Open(html, "Trades still open, at the last close; they are in the equity, not in the statistics of trades",
            [new("Strategy", Number: false), new("Side", Number: false), new("Entered", Number: false), new("Quantity"), new("Price"),
                new("Last"), new("Profit so far")]);
        foreach (var (strategy, trade) in t.Open)
        {
            HtmlTable.RowHead(html, view.Model.Strategies[strategy].Id);
            HtmlTable.Text(html, trade.Side == Side.Buy ? "long" : "short");
            HtmlTable.Text(html, NumberText.Time(trade.EntryTime));
            HtmlTable.Number(html, NumberText.Price(trade.Quantity));
            HtmlTable.Number(html, NumberText.Price(trade.EntryPrice));
            HtmlTable.Number(html, NumberText.Price(trade.ExitPrice));
            HtmlTable.SignedMoney(html, trade.NetProfit);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (t.OpenCount > t.Open.Count)
            html.Write($"<p class=\"note\">The first {NumberText.Count(t.Open.Count)} of {NumberText.Count(t.OpenCount)}; the run's CSV "
                + $"files list all.</p>");
        html.Raw("</details>\n");
    }

    private static string Band(int band)
    {
        var (from, next) = (TradeReview.Bands[band], band + 1 < TradeReview.Bands.Count ? TradeReview.Bands[band + 1] : int.MaxValue);
        return next == int.MaxValue ? $"{from} and more" : next - 1 == from ? $"{from}" : $"{from}–{next - 1}";
    }
}
