using Granary.Engine.Trading;
using Granary.Reporting.Html.Candles;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// Price charts with the entries, exits and equity of a selectable strategy; without scripts and in print, of the first few strategies.
/// </summary>
internal sealed class PriceChartSection : IReportSection<RunView>
{
    private const int Strategies = 3, MostBars = 600, MostTrades = 80, Listed = 12;

    public string Id => "prices";

    public string Title => "Entries, exits and equity of a strategy";

    public bool Applies(RunView view) => view.Ranked.Any(s => s.HasListedTrades && s.Stats?.Trades > 0);

    public void Write(HtmlWriter html, RunView view)
    {
        Explorer(html, view);
        var chosen = view.Ranked.Where(s => s.HasListedTrades && s.Stats?.Trades > 0)
            .OrderByDescending(s => s.Weight != 0)
            .ThenByDescending(s => view.Trades.OfPortfolio ? view.Trades.Net[s.Index] : 0)
            .ThenByDescending(s => RunView.Number(s.Stats?.TotalReturn))
            .ThenBy(s => s.Index)
            .Take(Strategies);
        foreach (var s in chosen) Static(html, view, s);
    }

    // Only visible with scripts.
    private static void Explorer(HtmlWriter html, RunView view)
    {
        var data = StrategyChartData.Of(view);
        if (data.Strategies == 0) return;
        html.Raw("<div class=\"explore\" hidden><form class=\"choose\"><label>Strategy <select></select></label><label "
            + "class=\"check\"><input type=\"checkbox\" name=\"log\"> logarithmic</label></form>\n");
        html.Raw("<p class=\"acts\">");
        foreach (var (act, text, hint) in ((string, string, string)[])[("in", "+", "Zoom in"), ("out", "−", "Zoom out"),
            ("left", "◀", "Earlier"), ("right", "▶", "Later"), ("all", "All", "All of the record"),
            ("before", "Trade before", "Zoom to the trade before"), ("next", "Next trade", "Zoom to the next trade")])
            html.Write($"<button type=\"button\" data-act=\"{act}\" aria-label=\"{hint}\" title=\"{hint}\">{text}</button>");
        html.Raw("</p><div class=\"stage\"><canvas tabindex=\"0\" role=\"img\" aria-label=\"Candles with entries and exits, and the "
            + "equity of the strategy below; plus and minus zoom, arrows move, page up and down go from trade to "
            + "trade\"></canvas><div class=\"tip\" hidden></div></div>\n");
        html.Raw("<output aria-live=\"polite\"></output><p class=\"note\">▲ long entry, ▼ short entry, ○ exit; a dashed line joins a "
            + "losing trade. Drag to move; pinch, or click and turn the wheel, to zoom.");
        if (data.Strategies < view.Ranked.Count(s => s.Stats is not null))
            html.Write($" {NumberText.Count(data.Strategies)} of {NumberText.Count(view.Ranked.Count)} strategies of the table are in it, "
                + $"those with the most weight or return first, of those whose trades the run's files list.");
        html.Raw("</p><script type=\"application/octet-stream\">");
        html.Raw(data.Packed);
        html.Raw("</script></div>\n");
    }

    private static void Static(HtmlWriter html, RunView view, StrategyEntry s)
    {
        html.Write($"<article class=\"chosen\" id=\"chart-{s.Index}\" data-strategy=\"{s.Id}\"><h4>{s.Id}</h4>\n");
        var trades = view.Events.Trades(s.Index).Where(t => s.Symbols is null || t.SymbolIndex == 0).ToList();
        var shown = trades.Count <= MostTrades ? trades
            : [.. trades.OrderByDescending(t => Math.Abs(t.NetProfit)).ThenBy(t => t.Number).Take(MostTrades).OrderBy(t => t.EntryTime)];
        var symbol = s.Symbols is { Count: > 0 } several ? several[0] : s.Symbol;
        var bars = view.Events.Bars(symbol, s.Timeframe, MostBars);
        new PricePlot
        {
            Title = $"{symbol}, {s.Timeframe}",
            Description = $"{Counted.Of(trades.Count, "trade")} on {symbol}, return of the strategy "
                + $"{NumberText.SignedPercent(s.Stats!.TotalReturn)}.",
            Bars = bars,
            Trades = shown,
            Multiplier = view.Trades.Multiplier(symbol),
        }.Write(html);
        html.Raw("<p class=\"note\">Line: closes; band: highs and lows");
        if (bars.Count > 1) html.Write($", {Counted.Of(bars.Count, "bar")} of "
            + $"{NumberText.Days((bars[^1].Time - bars[0].Time) / (double)TimeSpan.TicksPerDay / (bars.Count - 1))} on average");
        html.Raw(shown.Count < trades.Count
            ? $". Drawn are the {shown.Count} trades of {NumberText.Count(trades.Count)} that moved the most money.</p>\n" : ".</p>\n");
        Last(html, view, s, trades);
        html.Raw("</article>\n");
    }

    private static void Last(HtmlWriter html, RunView view, StrategyEntry strategy, List<Trade> trades)
    {
        var hasWhy = WhyCell.Applies(view);
        html.Raw("<details><summary>Its last trades</summary>");
        HtmlTable.Open(html, trades.Count == 1 ? "The last trade" : $"The last {Math.Min(Listed, trades.Count)} trades",
            [new("Entered", Number: false), new("Side", Number: false), new("Price"), new("Exited", Number: false), new("Price"),
                new("By", Number: false), new("Bars", Minor: true), new("Net profit"), new("Return"),
                .. hasWhy ? [WhyCell.Column] : (HtmlColumn[])[]]);
        foreach (var t in trades.Skip(Math.Max(0, trades.Count - Listed)))
        {
            HtmlTable.RowHead(html, NumberText.Time(t.EntryTime));
            HtmlTable.Text(html, t.Side == Side.Buy ? "long" : "short");
            HtmlTable.Number(html, NumberText.Price(t.EntryPrice));
            HtmlTable.Text(html, t.Reason == ExitReason.Open ? "" : NumberText.Time(t.ExitTime));
            HtmlTable.Number(html, NumberText.Price(t.ExitPrice));
            HtmlTable.Text(html, t.Reason.Title());
            HtmlTable.Number(html, NumberText.Count(t.Bars), minor: true);
            HtmlTable.SignedMoney(html, t.NetProfit);
            HtmlTable.SignedPercent(html, t.Return(view.Trades.Multiplier(strategy.SymbolOf(t))));
            if (hasWhy) WhyCell.Write(html, view, strategy, t);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Raw("</details>\n");
    }
}
