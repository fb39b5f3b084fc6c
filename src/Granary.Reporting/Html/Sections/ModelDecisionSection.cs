using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Decisions of models on entries and their value, actions of the watch of their predictions, and retraining.</summary>
internal sealed class ModelDecisionSection(ModelResults results) : IReportSection<RunView>
{
    private const int MostStrategies = 200, MostActions = 200, MostDecisions = 50;

    private readonly List<WatchRecord> _watch = [.. results.Actions.Where(ModelTrainingTables.IsOfWatch)];

    public string Id => "model-decisions";

    public string Title => "Decisions of models";

    public bool Applies(RunView view) => results.Strategies.Count > 0 || results.Actions.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Raw("<p class=\"lead\">Each entry is simulated whole in its strategy's own account, so that a changed entry's outcome is "
            + "known. Worth is the part that was left less one, times the trade's return on notional.</p>\n");
        Changes(html);
        Watched(html);
        Actions(html);
        new ModelTrainingTables(results).Write(html);
        Decisions(html);
    }

    private void Changes(HtmlWriter html)
    {
        HtmlTable.Open(html, "Entries that models changed",
            [new("Strategy", Number: false), new("Judged"), new("Change", Number: false), new("Entries"), new("Closed trades"),
                new("Would have earned", Hint: "Sum of the trades' returns on notional, net, had they been taken whole"),
                new("Net profit", Hint: "In the strategy's own account, in account currency"),
                new("Worth", Hint: "What the changes added to the summed returns")], sortable: true);
        foreach (var effect in results.Strategies.Take(MostStrategies))
            foreach (var change in effect.Changes)
            {
                HtmlTable.RowHead(html, effect.Strategy);
                HtmlTable.Number(html, NumberText.Count(effect.Judged));
                HtmlTable.Text(html, ModelTables.Word(change.Change));
                HtmlTable.Number(html, NumberText.Count(change.Entries));
                HtmlTable.Number(html, NumberText.Count(change.Trades));
                HtmlTable.SignedPercent(html, change.Return);
                HtmlTable.Number(html, NumberText.SignedMoney(change.Profit));
                HtmlTable.SignedPercent(html, change.Worth);
                HtmlTable.EndRow(html);
            }
        HtmlTable.Close(html);
        if (results.Strategies.Count > MostStrategies)
            html.Write($"<p class=\"note\">The first {MostStrategies} strategies; results.json has all.</p>\n");
    }

    private void Watched(HtmlWriter html)
    {
        var watched = results.Strategies.Where(s => s.Watched > 0).ToList();
        if (watched.Count == 0) return;
        html.Write($"<p class=\"note\">{NumberText.Count(watched.Sum(s => s.Watched))} predictions were compared with the outcome of their "
            + $"trade; {NumberText.Count(watched.Sum(s => s.Wrong))} were wrong.");
        html.Raw(_watch.Count == 0 ? " No detector gave an alert.</p>\n" : "</p>\n");
    }

    private void Actions(HtmlWriter html)
    {
        if (_watch.Count == 0) return;
        HtmlTable.Open(html, "Alerts and what was done",
            [new("Time", Number: false), new("Strategy", Number: false), new("Action", Number: false), new("Version"), new("Weight"),
                new("Reason", Number: false)]);
        foreach (var action in _watch.Take(MostActions))
        {
            HtmlTable.RowHead(html, NumberText.Time(action.Time.Ticks));
            HtmlTable.Text(html, action.Strategy);
            HtmlTable.Text(html, action.Action);
            HtmlTable.Number(html, action.Version == 0 ? NumberText.Undefined : NumberText.Count(action.Version));
            HtmlTable.Number(html, NumberText.Percent(action.Weight ?? double.NaN, 0), action.Weight < 1 ? "loss" : "");
            HtmlTable.Text(html, action.Reason);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (_watch.Count > MostActions)
            html.Write($"<p class=\"note\">The first {MostActions}; model_log.csv has all.</p>\n");
    }

    private void Decisions(HtmlWriter html)
    {
        if (results.Decisions.Count == 0) return;
        html.Write($"<details><summary>The decisions that were worth most, for or against</summary>\n");
        HtmlTable.Open(html, $"Changed entries by worth; {ModelTables.Decisions}.csv lists all",
            [new("Strategy", Number: false), new("Time", Number: false), new("Side", Number: false), new("Version"),
                new("Change", Number: false), new("Prediction"), new("Dissimilarity"), new("Size left"), new("Return"), new("Worth")],
                sortable: true);
        foreach (var d in results.Decisions.Take(MostDecisions))
        {
            HtmlTable.RowHead(html, d.Strategy);
            HtmlTable.Text(html, NumberText.Time(d.Time.Ticks));
            HtmlTable.Text(html, d.Side);
            HtmlTable.Number(html, NumberText.Count(d.Version));
            HtmlTable.Text(html, ModelTables.Word(d.Change));
            HtmlTable.Number(html, NumberText.Ratio(d.Prediction ?? double.NaN, 4));
            HtmlTable.Number(html, NumberText.Ratio(d.Dissimilarity ?? double.NaN, 3));
            HtmlTable.Number(html, NumberText.Percent(d.Size, 0));
            HtmlTable.SignedPercent(html, d.Return);
            HtmlTable.SignedPercent(html, d.Worth);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Raw("</details>\n");
    }
}
