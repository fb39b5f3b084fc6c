using System.Globalization;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// The account of a live session compared with a backtest of the same bars, and the results of its orders.
/// </summary>
internal sealed class SessionAccountSection(SessionResults session) : IReportSection<RunView>
{
    public string Id => "session";

    public string Title => "The account against a backtest";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        var backtest = session.Backtest ?? double.NaN;
        if (double.IsFinite(backtest))
        {
            html.Write($"<p class=\"lead\">{NumberText.Typeset(Capital(session.Sentence ?? ""))}. The portfolio made ");
            html.Raw(session.SameDecisions == true
                ? "the same decisions as the backtest.</p>\n"
                : "other decisions than the backtest: its weights or its enabled strategies were changed, or bars were missing.</p>\n");
        }
        html.Raw("<div class=\"columns\">");
        HtmlTable.Pairs(html, "Equity at the last bar", Equity(backtest));
        HtmlTable.Pairs(html, "Orders", Orders());
        html.Raw("</div>\n");
        Trades(html);
    }

    private IEnumerable<(string, string, string, string?)> Equity(double backtest)
    {
        var account = session.Account;
        yield return ("Account", NumberText.Money(account), "", "With the venue's fills, marked at the last closes");
        yield return ("The session's portfolio", NumberText.Money(session.Model), "", "With simulated fills");
        if (!double.IsFinite(backtest)) yield break;
        yield return ("Backtest of the same bars", NumberText.Money(backtest), "", null);
        yield return ("Account less backtest", NumberText.SignedMoney(account - backtest), NumberText.Sign(account - backtest,
            0.005), null);
        foreach (var (cause, amount) in session.Causes ?? [])
        {
            yield return ($"of which by {cause}", NumberText.SignedMoney(amount), NumberText.Sign(amount,
                0.005), null);
        }
    }

    private IEnumerable<(string, string, string, string?)> Orders()
    {
        yield return ("Orders", NumberText.Count(session.Orders), "", null);
        yield return ("Fills", NumberText.Count(session.Fills), "", "An order may fill in parts");
        yield return ("Rejected", NumberText.Count(session.Rejected), "", null);
        yield return ("Unknown", NumberText.Count(session.Unknown), "", "Orders that the venue has not answered");
        yield return ("Open trades", NumberText.Count(session.OpenTrades), "", null);
        yield return ("Fees paid", NumberText.Money(session.Fees), "", null);
        yield return ("Cash", NumberText.Money(session.Cash), "", null);
    }

    private void Trades(HtmlWriter html)
    {
        if (session.Trades is not { Count: > 0 } trades) return;
        HtmlTable.Open(html,
            (trades.Count == 1 ? "The trade that differs" : $"The {trades.Count} trades that differ")
                + " most; against_backtest.json has all",
            [new("Strategy", Number: false), new("Entered", Number: false), new("Account less backtest"),
                new("Largest cause", Number: false)]);
        foreach (var trade in trades)
        {
            HtmlTable.RowHead(html, trade.Strategy);
            HtmlTable.Text(html, DateTime.TryParse(trade.Entry, CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? NumberText.Time(time.Ticks) : "");
            HtmlTable.SignedMoney(html, trade.Amount);
            // The cause, with an explanation in words.
            var (cause, why) = (trade.Cause, trade.Why);
            HtmlTable.Text(html, cause.Length > 0 && why.Length > 0 ? $"{cause}: {why}" : cause + why);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Capital(string sentence) => sentence.Length == 0 ? "" : char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
