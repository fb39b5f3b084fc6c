using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>The table for all breakdowns of trades.</summary>
internal static class TradeGroupTable
{
    public static void Write(HtmlWriter html, string caption, string by, IEnumerable<(string Name, TradeGroup Group)> groups)
    {
        var rows = groups.ToArray();
        var total = rows.Sum(r => r.Group.Measures.Trades);
        var largest = rows.Select(r => Math.Abs(r.Group.Measures.NetProfit)).DefaultIfEmpty(0).Max();
        HtmlTable.Open(html, caption,
        [
            new(by, Number: false), new("Trades"), new("Share", Minor: true), new("Won"), new("Profit factor", Minor: true),
            new("Average return", Hint: "Net profit over the notional at entry"),
            new("Bars", Minor: true, Hint: "Bars held on average"), new("Net profit"),
        ], "narrow");
        foreach (var (name, g) in rows)
        {
            var (trades, net) = (g.Measures.Trades, g.Measures.NetProfit);
            HtmlTable.RowHead(html, name);
            HtmlTable.Number(html, NumberText.Count(trades));
            HtmlTable.Number(html, NumberText.Percent(trades / (double)total, 1), minor: true);
            HtmlTable.Number(html, MetricText.Value(TradeMetrics.WinRate, g[TradeMetrics.WinRate]));
            HtmlTable.Number(html, MetricText.Value(TradeMetrics.ProfitFactor, g[TradeMetrics.ProfitFactor]), minor: true);
            HtmlTable.SignedPercent(html, g.AverageReturn);
            HtmlTable.Number(html, MetricText.Value(TradeMetrics.AverageBars, g[TradeMetrics.AverageBars]), minor: true);
            html.Write($"<td class=\"n bar {NumberText.Sign(net, 0.005)}\" "
                + $"style=\"--w:{(largest > 0 ? 100 * Math.Abs(net) / largest : 0)}\">"
                + $"{NumberText.SignedMoney(net)}</td>");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    /// <summary>Writes whose trades these are, if they are not the portfolio's.</summary>
    public static void Origin(HtmlWriter html, TradeReview trades)
    {
        if (trades.OfPortfolio) return;
        html.Raw("<p class=\"note\">The portfolio made no trades; these are the strategies' own, each in its own account.");
        if (trades.Cut) html.Raw(" There are too many of them for a page: those of some strategies are left out.");
        html.Raw("</p>\n");
    }
}
