using System.Text.Json;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// The account of a live session beside a backtest of the same bars, and what its orders came to. Reads the run's section "session".
/// </summary>
internal sealed class SessionAccountSection(string json) : IReportSection<RunView>
{
    public const string Name = "session";

    private readonly JsonElement _root = SectionJson.Parse(json);

    public string Id => "session";

    public string Title => "The account against a backtest";

    public bool Applies(RunView view) => true;

    public void Write(HtmlWriter html, RunView view)
    {
        var backtest = SectionJson.Value(_root, "backtest");
        if (double.IsFinite(backtest))
        {
            html.Write($"<p class=\"lead\">{NumberText.Typeset(Capital(SectionJson.Text(_root, "sentence")))}. The portfolio made ");
            html.Raw(_root.TryGetProperty("sameDecisions", out var same) && same.ValueKind == JsonValueKind.True
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
        var account = SectionJson.Value(_root, "account");
        yield return ("Account", NumberText.Money(account), "", "With the venue's fills, marked at the last closes");
        yield return ("The session's portfolio", NumberText.Money(SectionJson.Value(_root, "model")), "", "With simulated fills");
        if (!double.IsFinite(backtest)) yield break;
        yield return ("Backtest of the same bars", NumberText.Money(backtest), "", null);
        yield return ("Account less backtest", NumberText.SignedMoney(account - backtest), NumberText.Sign(account - backtest,
            0.005), null);
        foreach (var cause in SectionJson.Items(_root, "causes"))
        {
            var amount = SectionJson.Value(cause, "amount");
            yield return ($"of which by {SectionJson.Text(cause, "cause")}", NumberText.SignedMoney(amount), NumberText.Sign(amount,
                0.005), null);
        }
    }

    private IEnumerable<(string, string, string, string?)> Orders()
    {
        string Count(string name) => NumberText.Count((long)SectionJson.Value(_root, name));
        yield return ("Orders", Count("orders"), "", null);
        yield return ("Fills", Count("fills"), "", "An order may fill in parts");
        yield return ("Rejected", Count("rejected"), "", null);
        yield return ("Unknown", Count("unknown"), "", "Orders that the venue has not answered");
        yield return ("Open trades", Count("openTrades"), "", null);
        yield return ("Fees paid", NumberText.Money(SectionJson.Value(_root, "fees")), "", null);
        yield return ("Cash", NumberText.Money(SectionJson.Value(_root, "cash")), "", null);
    }

    private void Trades(HtmlWriter html)
    {
        var trades = SectionJson.Items(_root, "trades").ToArray();
        if (trades.Length == 0) return;
        HtmlTable.Open(html, $"The {trades.Length} trades that differ most; against_backtest.json has all",
            [new("Strategy", Number: false), new("Entered", Number: false), new("Account less backtest"),
                new("Largest cause", Number: false)]);
        foreach (var trade in trades)
        {
            HtmlTable.RowHead(html, SectionJson.Text(trade, "strategy"));
            HtmlTable.Text(html, trade.TryGetProperty("entry", out var entry) && entry.TryGetDateTime(out var time)
                ? NumberText.Time(time.Ticks) : "");
            HtmlTable.SignedMoney(html, SectionJson.Value(trade, "amount"));
            // The cause, and what is known of it in words.
            var (cause, why) = (SectionJson.Text(trade, "cause"), SectionJson.Text(trade, "why"));
            HtmlTable.Text(html, cause.Length > 0 && why.Length > 0 ? $"{cause}: {why}" : cause + why);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Capital(string sentence) => sentence.Length == 0 ? "" : char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
