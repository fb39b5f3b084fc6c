using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The trades that differ between the runs.</summary>
internal sealed class CompareTrades : IReportSection<CompareView>
{
    // Same value as in the style sheet.
    private const int MostPrinted = 70;

    public string Id => "trades";

    public string Title => "Trades";

    public bool Applies(CompareView view) => view.Different.Count > 0;

    public void Write(HtmlWriter html, CompareView view)
    {
        var all = view.OnlyFirst + view.OnlySecond + view.Changed;
        html.Raw("<p class=\"lead\">A trade is known by its strategy, its symbol, its side and the bar of its entry. What differs in a "
            + "changed trade is in bold.</p>\n");
        // The id of a strategy with one symbol contains the symbol.
        var hasSymbols = view.Different.Any(d => d.Symbol.Length > 0);
        HtmlColumn[] symbol = hasSymbols ? [new("Symbol", Number: false)] : [];
        if (view.Different.Count > MostPrinted) html.Write($"<p class=\"note onlyprint\">Printed are the first {MostPrinted} rows.</p>\n");
        HtmlTable.Open(html, view.Different.Count < all
            ? $"The first {NumberText.Count(view.Different.Count)} of {NumberText.Count(all)} differences, strategy by strategy"
            : "All differences, strategy by strategy",
            [new("Strategy", Number: false), new("In", Number: false), .. symbol, new("Side", Number: false),
                new("Entered", Number: false), new("Quantity"), new("Entry price"),
                new("Exited", Number: false), new("Exit price"), new("By", Number: false), new("Net profit")],
                "difference dense", sortable: true);
        foreach (var d in view.Different)
        {
            if (d.Kind != TradeDifference.Changed)
            {
                Row(d, d.Kind == TradeDifference.OnlyFirst ? "A only" : "B only", d.Either, null);
                continue;
            }
            Row(d, "A", d.First!.Value, d.Second);
            Row(d, "B", d.Second!.Value, d.First);
        }
        HtmlTable.Close(html);

        void Row(in TradePair pair, string where, Trade t, Trade? other)
        {
            HtmlTable.RowHead(html, pair.Strategy);
            html.Write($"<td>{where}</td>");
            if (hasSymbols) html.Write($"<td>{pair.Symbol}</td>");
            html.Write($"<td>{(t.Side == Side.Buy ? "long" : "short")}</td><td>{NumberText.Time(t.EntryTime)}</td>");
            Cell("n", NumberText.Price(t.Quantity), other?.Quantity == t.Quantity);
            Cell("n", NumberText.Price(t.EntryPrice), other?.EntryPrice == t.EntryPrice);
            Cell("", t.Reason == ExitReason.Open ? "" : NumberText.Time(t.ExitTime), other?.ExitTime == t.ExitTime);
            Cell("n", NumberText.Price(t.ExitPrice), other?.ExitPrice == t.ExitPrice);
            Cell("", t.Reason.Title(), other?.Reason == t.Reason);
            Cell("n", NumberText.SignedMoney(t.NetProfit), other?.NetProfit == t.NetProfit);
            HtmlTable.EndRow(html);

            void Cell(string style, string text, bool same)
            {
                if (same || other is null) html.Write($"<td class=\"{style}\">{text}</td>");
                else html.Write($"<td class=\"{style}\"><b>{text}</b></td>");
            }
        }
    }
}
