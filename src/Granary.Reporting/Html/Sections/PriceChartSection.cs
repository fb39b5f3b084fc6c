using Granary.Engine.Trading;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Prices with the entries and exits of a strategy that the reader chooses.</summary>
internal sealed class PriceChartSection : IReportSection<RunView>
{
    private const int Strategies = 6, MostBars = 600, MostTrades = 80, Listed = 12;

    public string Id => "prices";

    public string Title => "Entries and exits";

    public bool Applies(RunView view) => view.Ranked.Any(s => s.Stats?.Trades > 0);

    public void Write(HtmlWriter html, RunView view)
    {
        var chosen = view.Ranked.Where(s => s.Stats?.Trades > 0)
            .OrderByDescending(s => s.Weight != 0).ThenByDescending(s => view.Trades.OfPortfolio ? view.Trades.Net[s.Index] : 0).ThenByDescending(s => RunView.Number(s.Stats?.TotalReturn)).ThenBy(s => s.Index)
            .Take(Strategies).ToArray();
        if (chosen.Length > 1)
        {
            html.Raw("<form class=\"choose\" hidden><label>Strategy <select data-choose=\"chart\">");
            foreach (var s in chosen) html.Write($"<option value=\"chart-{s.Index}\">{s.Id}</option>");
            html.Raw("</select></label></form>\n");
        }
        foreach (var s in chosen)
        {
            html.Write($"<article class=\"chosen\" id=\"chart-{s.Index}\" data-strategy=\"{s.Id}\"><h4>{s.Id}</h4>\n");
            var closed = new List<Trade>();
            foreach (var trade in view.Events.Trades(s.Index)) closed.Add(trade);
            var shown = closed.Count <= MostTrades ? closed
                : [.. closed.OrderByDescending(t => Math.Abs(t.NetProfit)).ThenBy(t => t.Number).Take(MostTrades).OrderBy(t => t.EntryTime)];
            var bars = view.Events.Bars(s.Symbol, s.Timeframe, MostBars);
            new PricePlot
            {
                Title = $"{s.Symbol}, {s.Timeframe}",
                Description = $"{NumberText.Count(s.Stats!.Trades)} trades on {s.Symbol}, return {NumberText.SignedPercent(s.Stats.TotalReturn)}.",
                Bars = bars,
                Trades = shown,
                Multiplier = view.Trades.Multiplier(s.Symbol),
            }.Write(html);
            html.Raw("<p class=\"note\">Line: closes; band: highs and lows");
            if (bars.Count > 1) html.Write($", {NumberText.Count(bars.Count)} bars of {NumberText.Days((bars[^1].Time - bars[0].Time) / (double)TimeSpan.TicksPerDay / (bars.Count - 1))} on average");
            html.Raw(shown.Count < closed.Count ? $". Drawn are the {shown.Count} trades of {NumberText.Count(closed.Count)} that moved the most money.</p>\n" : ".</p>\n");
            Last(html, closed, view.Trades.Multiplier(s.Symbol));
            html.Raw("</article>\n");
        }
    }

    private static void Last(HtmlWriter html, List<Trade> trades, double multiplier)
    {
        html.Raw("<details><summary>Its last trades</summary>");
        HtmlTable.Open(html, $"The last {Math.Min(Listed, trades.Count)} trades",
            [new("Entered", Number: false), new("Side", Number: false), new("Price"), new("Exited", Number: false), new("Price"), new("By", Number: false), new("Bars", Minor: true), new("Net profit"), new("Return")]);
        foreach (var t in trades.Skip(Math.Max(0, trades.Count - Listed)))
        {
            HtmlTable.RowHead(html, NumberText.Time(t.EntryTime));
            HtmlTable.Text(html, t.Side == Side.Buy ? "long" : "short");
            HtmlTable.Number(html, NumberText.Price(t.EntryPrice));
            HtmlTable.Text(html, t.Reason == ExitReason.Open ? "" : NumberText.Time(t.ExitTime));
            HtmlTable.Number(html, NumberText.Price(t.ExitPrice));
            HtmlTable.Text(html, ReasonText.Of(t.Reason));
            HtmlTable.Number(html, NumberText.Count(t.Bars), minor: true);
            HtmlTable.SignedMoney(html, t.NetProfit);
            HtmlTable.SignedPercent(html, t.Return(multiplier));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Raw("</details>\n");
    }
}
