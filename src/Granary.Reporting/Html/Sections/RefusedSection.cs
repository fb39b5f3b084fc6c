using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// Signals that the portfolio refused, the reasons, and their simulated results: a refused signal is simulated to its end.
/// </summary>
internal sealed class RefusedSection : IReportSection<RunView>
{
    private const int MostSignals = 200_000, Listed = 60;

    public string Id => "refused";

    public string Title => "Signals and refusals";

    public bool Applies(RunView view) => view.Model.Decisions.Values.Sum() > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var decisions = view.Model.Decisions;
        var total = decisions.Values.Sum();
        var accepted = decisions.GetValueOrDefault(Decision.Accepted);
        var outcomes = new Dictionary<Decision, (long Known, long Won, double Returns)>();
        var listed = new List<Refused>();
        long seen = 0;
        foreach (var strategy in view.Members)
        {
            if (seen >= MostSignals) break;
            var refusedHere = 0;
            foreach (var row in view.Events.Signals(strategy.Index))
            {
                seen++;
                if (row.Decision == Decision.Accepted) continue;
                var outcome = row.Trade is { Reason: not ExitReason.Open } trade
                    ? trade.Return(view.Trades.Multiplier(strategy.SymbolOf(row))) : double.NaN;
                // At most a few per strategy, so that one strategy does not fill the list.
                if (listed.Count < Listed && refusedHere++ < 4) listed.Add(new Refused(strategy, row, outcome));
                if (double.IsNaN(outcome)) continue;
                var (known, won, returns) = outcomes.GetValueOrDefault(row.Decision);
                outcomes[row.Decision] = (known + 1, won + (outcome > 0 ? 1 : 0), returns + outcome);
            }
        }
        Lead(html, accepted, total);
        HtmlTable.Open(html, "Signals by decision",
            [new("Decision", Number: false), new("Signals"), new("Share"),
                new("Would have won", Hint: "Of those of weighted strategies whose trade has closed"), new("Mean return", Hint: "Likewise"),
                new("Meaning", Number: false, Minor: true)], "narrow");
        foreach (var (decision, count) in decisions.OrderByDescending(d => d.Value).ThenBy(d => d.Key, Decision.ByTable))
        {
            if (count == 0) continue;
            var outcome = outcomes.GetValueOrDefault(decision);
            HtmlTable.RowHead(html, NumberText.Words(decision.Title));
            HtmlTable.Number(html, NumberText.Count(count));
            HtmlTable.Number(html, NumberText.Percent(count / (double)total, 1));
            HtmlTable.Number(html, NumberText.Percent(outcome.Known > 0 ? outcome.Won / (double)outcome.Known : double.NaN, 1));
            HtmlTable.SignedPercent(html, outcome.Known > 0 ? outcome.Returns / outcome.Known : double.NaN);
            html.Write($"<td class=\"soft minor\">{decision.Sentence}</td>");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (seen >= MostSignals) html.Write($"<p class=\"note\">Outcomes are of the "
            + $"first {NumberText.Count(seen)} signals of the strategies with the most weight.</p>\n");
        List(html, view, listed);
    }

    private static void Lead(HtmlWriter html, long accepted, long total)
    {
        html.Raw("<p class=\"lead\">");
        if (accepted == total)
            html.Write($"The portfolio accepted {(total == 1 ? "the one signal" : $"all {NumberText.Count(total)} signals")} "
                + $"of its strategies.</p>\n");
        else
            html.Write($"The portfolio accepted {NumberText.Count(accepted)} of {NumberText.Count(total)} signals. Each refused signal "
                + $"is simulated to its end in its strategy's own account, so that its outcome is known.</p>\n");
    }

    private readonly record struct Refused(StrategyEntry Strategy, SignalRow Row, double Return);

    private static void List(HtmlWriter html, RunView view, List<Refused> listed)
    {
        if (listed.Count == 0) return;
        var hasWhy = WhyCell.Applies(view);
        var ofSeveral = listed.Exists(r => r.Strategy.Symbols is not null);
        html.Write($"<details><summary>{NumberText.Count(listed.Count)} refused signals of weighted strategies</summary>");
        HtmlTable.Open(html, "Refused signals, up to four of each strategy; signals.csv lists all",
            [new("Strategy", Number: false), .. ofSeveral ? [new HtmlColumn("Symbol", Number: false)] : (HtmlColumn[])[],
                new("Time", Number: false), new("Side", Number: false), new("Price"),
                new("Refused because", Number: false), new("Outcome"), .. hasWhy ? [WhyCell.Column] : (HtmlColumn[])[]],
            sortable: true);
        foreach (var (strategy, row, outcome) in listed.OrderBy(r => r.Row.Signal.Time).ThenBy(r => r.Strategy.Id, StringComparer.Ordinal))
        {
            HtmlTable.RowHead(html, strategy.Id);
            if (ofSeveral) HtmlTable.Text(html, strategy.SymbolOf(row));
            HtmlTable.Text(html, NumberText.Time(row.Signal.Time));
            HtmlTable.Text(html, row.Signal.Side == Side.Buy ? "long" : "short");
            HtmlTable.Number(html, NumberText.Price(row.Signal.Price));
            HtmlTable.Text(html, row.Decision.Title);
            if (double.IsNaN(outcome)) HtmlTable.Number(html, row.End is { } end ? end.Title()
                : row.Trade is null ? NumberText.Undefined : "still open", "soft");
            else HtmlTable.SignedPercent(html, outcome);
            if (hasWhy) WhyCell.Write(html, view, strategy, row);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Raw("</details>\n");
    }
}
