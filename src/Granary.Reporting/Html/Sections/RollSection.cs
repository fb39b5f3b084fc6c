using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Profit of prices and of rolls in symbols that are chains of contracts.</summary>
internal sealed class RollSection(RollResults rolls) : IReportSection<RunView>
{
    public string Id => "rolls";

    public string Title => "Rolls";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Write($"<p class=\"lead\">Open trades moved to the next contract {Counted.Of(rolls.Rolls, "time")}. Prices brought "
            + $"{NumberText.SignedMoney(rolls.PriceProfit)}, and rolls {NumberText.SignedMoney(rolls.RollProfit)}: that is what the prices "
            + $"of a position jumped by without any gain. The orders of rolls paid {NumberText.Money(rolls.Commission)} of "
            + $"commission.</p>\n");
        HtmlTable.Open(html, "Profit of prices and of rolls by market",
        [
            new("Market", Number: false), new("Rolls"), new("Profit of prices"), new("Profit of rolls"), new("Together"),
            new("Commission of rolls"),
        ], "narrow", sortable: true);
        foreach (var s in rolls.Symbols)
        {
            HtmlTable.RowHead(html, s.Symbol);
            HtmlTable.Number(html, NumberText.Count(s.Rolls));
            HtmlTable.Number(html, NumberText.SignedMoney(s.PriceProfit));
            HtmlTable.Number(html, NumberText.SignedMoney(s.RollProfit));
            HtmlTable.Number(html, NumberText.SignedMoney(s.PriceProfit + s.RollProfit));
            HtmlTable.Number(html, NumberText.Money(s.Commission));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
