using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>How much of the portfolio's return is price and how much currency, and what it has in other currencies.</summary>
internal sealed class CurrencySection(CurrencyResults currency) : IReportSection<RunView>
{
    public string Id => "currency";

    public string Title => "Currencies";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Write($"<p class=\"lead\">The account is in {currency.Account}. Of its return of "
            + $"{NumberText.SignedPercent(currency.Total)}, prices are {NumberText.SignedPercent(currency.Price)}, exchange rates "
            + $"{NumberText.SignedPercent(currency.Currency)}, and both together {NumberText.SignedPercent(currency.Product)}.</p>\n");
        HtmlTable.Open(html, "Balances in other currencies at the end",
            [new("Currency", Number: false), new("Balance"), new($"Rate in {currency.Account}"), new($"Value in {currency.Account}")],
            "narrow");
        foreach (var b in currency.Balances)
        {
            HtmlTable.RowHead(html, b.Currency);
            HtmlTable.Number(html, NumberText.SignedMoney(b.Amount));
            HtmlTable.Number(html, NumberText.Price(b.Rate));
            HtmlTable.Number(html, NumberText.SignedMoney(b.Amount * b.Rate));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
