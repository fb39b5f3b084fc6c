using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>The table that all breakdowns of trades use.</summary>
internal static class TradeGroupTable
{
    public static void Write(HtmlWriter html, string caption, string by, IEnumerable<(string Name, TradeGroup Group)> groups)
    {
        var rows = groups.ToArray();
        var total = rows.Sum(r => r.Group.Trades);
        var largest = rows.Select(r => Math.Abs(r.Group.Net)).DefaultIfEmpty(0).Max();
        HtmlTable.Open(html, caption,
        [
            new(by, Number: false), new("Trades"), new("Share", Minor: true), new("Won"), new("Profit factor", Minor: true), new("Average return", Hint: "Net profit over the notional at entry"),
            new("Bars", Minor: true, Hint: "Bars held on average"), new("Net profit"),
        ], "narrow");
        foreach (var (name, g) in rows)
        {
            HtmlTable.RowHead(html, name);
            HtmlTable.Number(html, NumberText.Count(g.Trades));
            HtmlTable.Number(html, NumberText.Percent(g.Trades / (double)total, 1), minor: true);
            HtmlTable.Number(html, NumberText.Percent(g.WinRate, 1));
            HtmlTable.Number(html, NumberText.Ratio(g.ProfitFactor), minor: true);
            HtmlTable.SignedPercent(html, g.AverageReturn);
            HtmlTable.Number(html, NumberText.Ratio(g.AverageBars, 1), minor: true);
            html.Write($"<td class=\"n bar {NumberText.Sign(g.Net, 0.005)}\" style=\"--w:{(largest > 0 ? 100 * Math.Abs(g.Net) / largest : 0)}\">{NumberText.SignedMoney(g.Net)}</td>");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    /// <summary>Whose trades these are, where that is not plain.</summary>
    public static void Whose(HtmlWriter html, TradeReview trades)
    {
        if (trades.OfPortfolio) return;
        html.Raw("<p class=\"note\">The portfolio made no trades; these are the strategies' own, each in its own account.");
        if (trades.Cut) html.Write($" There are too many of them for a page: the first {NumberText.Count(TradeReview.MostOwnTrades)} or so are looked at.");
        html.Raw("</p>\n");
    }
}
