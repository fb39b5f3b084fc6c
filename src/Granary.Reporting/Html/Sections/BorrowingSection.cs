using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Interest of balances and borrow fees of short positions, by currency.</summary>
internal sealed class BorrowingSection(BorrowingResults borrowing) : IReportSection<RunView>
{
    public string Id => "borrowing";

    public string Title => "Interest and borrowing";

    public bool Applies(RunView view) => borrowing.Currencies.Count > 0 || borrowing.EntriesCut > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        if (borrowing.Currencies.Count > 0) WriteAmounts(html);
        if (borrowing.EntriesCut == 0) return;
        var cut = borrowing.EntriesCut == 1 ? "1 short entry was" : $"{borrowing.EntriesCut} short entries were";
        html.Write($"<p>{cut} made smaller, to what data.borrow had to borrow.</p>\n");
    }

    private void WriteAmounts(HtmlWriter html)
    {
        HtmlTable.Open(html, "Amounts in the currency of the row",
            [new("Currency", Number: false), new("Interest earned"), new("Interest paid"), new("Borrow fees")], "narrow");
        foreach (var c in borrowing.Currencies)
        {
            HtmlTable.RowHead(html, c.Currency);
            HtmlTable.Number(html, NumberText.Money(c.InterestEarned));
            HtmlTable.Number(html, NumberText.Money(c.InterestPaid));
            HtmlTable.Number(html, NumberText.SignedMoney(c.BorrowFees));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
