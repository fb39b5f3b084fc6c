using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The trials of each parameter search: the best beside the luck bar, what the objective depends on, the best ones.</summary>
internal sealed class ParameterSearchSection(ParameterSearchResults results) : IReportSection<RunView>
{
    private const int MostDrawn = 6, MostListed = 20;

    private static readonly Metric[] _metrics = [TradeMetrics.Trades, ReturnMetrics.TotalReturn, RiskMetrics.MaxDrawdown,
        RatioMetrics.Sharpe];

    public string Id => "search";

    public string Title => "Trials of the search";

    public bool Applies(RunView view) => results.Searches.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Raw("<p class=\"lead\">Each trial is a strategy with parameters that the search chose. The best of many trials is partly "
            + "luck: the luck bar is the Sharpe ratio that the best of so many trials without any merit would have.</p>\n");
        var searches = results.Searches;
        if (searches.Count > 1) Overview(html);
        var byId = view.Model.Strategies.DistinctBy(s => s.Id).ToDictionary(s => s.Id, StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(searches.Count, MostDrawn); i++)
        {
            if (i > 0) html.Write($"<details><summary>{searches[i].Strategy}</summary>\n");
            else if (searches.Count > 1) html.Write($"<h4>{searches[i].Strategy}</h4>\n");
            Search(html, new SearchTrials(searches[i]), byId);
            if (i > 0) html.Raw("</details>\n");
        }
        if (searches.Count > MostDrawn)
            html.Write($"<p class=\"note\">The first {MostDrawn} of {NumberText.Count(searches.Count)} searches are drawn; trials.csv has "
                + $"all trials.</p>\n");
    }

    private void Overview(HtmlWriter html)
    {
        HtmlTable.Open(html, "Searches", [new("Strategy", Number: false), new("Method", Number: false), new("Trials"), new("No result"),
            new("Best trial"), new("Objective"), new("Best Sharpe"), new("Luck bar"), new("Above luck", Number: false)], sortable: true);
        foreach (var search in results.Searches)
        {
            HtmlTable.RowHead(html, search.Strategy);
            HtmlTable.Text(html, search.Method);
            HtmlTable.Number(html, NumberText.Count(search.Trials.Count));
            HtmlTable.Number(html, NumberText.Count(search.Failed));
            HtmlTable.Number(html, search.Best.Count > 0 ? NumberText.Count(search.Best[0]) : NumberText.Undefined);
            HtmlTable.Number(html, search.Best.Count > 0
                ? ObjectiveText.Value(search.Objectives[0], search.Trials[search.Best[0] - 1].Objectives[0]) : NumberText.Undefined);
            HtmlTable.Number(html, NumberText.Ratio(search.BestSharpe));
            HtmlTable.Number(html, NumberText.Ratio(search.LuckBar));
            HtmlTable.Text(html, search.IsAboveLuck ? "yes" : "no");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Search(HtmlWriter html, SearchTrials of, Dictionary<string, StrategyEntry> byId)
    {
        var search = of.Search;
        html.Write($"<p class=\"lead verdict\"><span class=\"badge {(search.IsAboveLuck ? "yes" : "no")}\">"
            + $"{(search.IsAboveLuck ? "Above the luck bar" : "Not above the luck bar")}</span> ");
        html.Prose(NumberText.Typeset(search.Conclusion));
        html.Raw("</p>\n");
        Figures(html, of);
        SearchCharts.History(html, of);
        if (!double.IsNaN(of.Edge))
            html.Raw("<p class=\"note\">The worst 2.5% of the trials are drawn at the edge.</p>\n");
        if (search.Objectives.Count > 1) SearchCharts.Front(html, of);
        if (search.Importance.Count == 0)
        {
            SearchCharts.Distribution(html, of);
            html.Raw("<p class=\"note\">Too few trials finished to tell which parameters matter.</p>\n");
        }
        else
        {
            html.Raw("<div class=\"pair\"><div>");
            Importance(html, search);
            html.Raw("</div><div>");
            SearchCharts.Distribution(html, of);
            html.Raw("</div></div>\n");
        }
        if (of.Parameters.Count > 0 && of.Finished.Count > 0)
            html.Raw("<p class=\"note\">The objective against each parameter, the most important first. Late trials are darker; the large "
                + "dot is the best.</p>\n");
        SearchCharts.Slices(html, of);
        SearchCharts.Contour(html, of);
        SearchCharts.Parallel(html, of);
        Best(html, of, byId);
    }

    private static void Figures(HtmlWriter html, SearchTrials of)
    {
        var search = of.Search;
        var best = of.Best.Count > 0 ? of.Best[0] : null;
        html.Raw("<dl class=\"figures four\">");
        Figure("Best Sharpe ratio", NumberText.Ratio(search.BestSharpe),
            best is null ? "no trial has a defined objective" : $"trial {best.Number}, on the periods of the luck bar");
        Figure("Luck bar", NumberText.Ratio(search.LuckBar), "the best of so many worthless trials");
        Figure("Trials", NumberText.Count(search.Trials.Count), $"{NumberText.Count(search.Finished)} finished, "
            + $"{NumberText.Count(search.Stopped)} stopped early, {NumberText.Count(search.Failed)} failed");
        Figure("Method", search.Method, $"{Counted.Of(search.Rounds, "round")}; by "
            + string.Join(" and ", search.Objectives.Select(o => (ObjectiveName.IsMinimised(o) ? "least " : "") + ObjectiveText.Name(o))));
        html.Raw("</dl>\n");

        void Figure(string name, string value, string note) =>
            html.Write($"<div><dt>{name}</dt><dd>{value}</dd><dd class=\"soft\">{note}</dd></div>");
    }

    // Bars with their deviation as tables, so that they can be read without seeing them.
    private static void Importance(HtmlWriter html, ParameterSearch search)
    {
        foreach (var objective in search.Objectives)
        {
            var rows = search.Importance.Where(i => i.Objective == objective).OrderByDescending(i => i.Share).ToArray();
            if (rows.Length == 0) continue;
            HtmlTable.Open(html, search.Objectives.Count > 1 ? $"Importance for {ObjectiveText.Name(objective).ToLowerInvariant()}"
                : "Importance of the parameters", [new("Parameter", Number: false), new("Bar", Number: false),
                new("Share", Hint: "Share of the variance of the objective that the parameter alone explains, and its standard deviation")],
                "importance");
            foreach (var row in rows)
            {
                HtmlTable.RowHead(html, row.Parameter);
                var (low, high) = (Math.Clamp(row.Share - row.Deviation, 0, 1) * 100, Math.Clamp(row.Share + row.Deviation, 0, 1) * 100);
                html.Raw("<td><svg viewBox=\"0 0 100 14\" width=\"100%\" height=\"14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
                html.Write($"<rect class=\"track\" width=\"100\" height=\"14\"/><rect class=\"b1\" "
                    + $"width=\"{Math.Clamp(row.Share, 0, 1) * 100}\" height=\"14\"/>");
                html.Write($"<path class=\"whisker\" d=\"M{low} 3V11M{low} 7H{high}M{high} 3V11\"/></svg></td>");
                HtmlTable.Number(html, $"{NumberText.Percent(row.Share, 1)} ± {NumberText.Ratio(row.Deviation * 100, 1)}");
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        html.Raw("<p class=\"note\">Share of the variance of the objective that each parameter alone explains; what is left to 100% comes "
            + "from their combinations and from noise.</p>\n");
    }

    // The front first if there is one, then by the first objective.
    private static void Best(HtmlWriter html, SearchTrials of, Dictionary<string, StrategyEntry> byId)
    {
        var search = of.Search;
        var front = search.Objectives.Count > 1 ? of.Best : [];
        var shown = front.Concat(of.Ranked.Where(t => !front.Contains(t))).Take(MostListed).ToArray();
        if (shown.Length == 0) return;
        var hasStats = shown.Any(t => byId.ContainsKey(t.Strategy));
        List<HtmlColumn> columns = [new("Trial", Number: false), .. search.Objectives.Select(o => new HtmlColumn(ObjectiveText.Name(o))),
            .. search.Space.Select(p => new HtmlColumn(p.Name, Number: p.Values is null))];
        if (front.Count > 0) columns.Insert(1, new HtmlColumn("Front", Number: false));
        // An objective already has a column.
        Metric[] metrics = hasStats ? [.. _metrics.Where(m => !search.Objectives.Any(o => ObjectiveName.OfValues(o) == m.Key))] : [];
        columns.AddRange(metrics.Select(m => new HtmlColumn(m.Name)));
        HtmlTable.Open(html, $"Best trials of {search.Strategy}{(front.Count > 0 ? ", the Pareto front first" : "")}",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), "trials", sortable: true);
        foreach (var trial in shown)
        {
            HtmlTable.RowHead(html, NumberText.Count(trial.Number));
            if (front.Count > 0) HtmlTable.Text(html, front.Contains(trial) ? "yes" : "");
            for (var i = 0; i < search.Objectives.Count; i++)
                HtmlTable.Number(html, ObjectiveText.Value(search.Objectives[i], trial.Objectives[i]));
            foreach (var parameter in search.Space)
            {
                var text = trial.Values.TryGetValue(parameter.Name, out var value) ? ParameterText.Value(value) : NumberText.Undefined;
                if (parameter.Values is null) HtmlTable.Number(html, text);
                else HtmlTable.Text(html, text);
            }
            var stats = byId.GetValueOrDefault(trial.Strategy)?.Stats;
            foreach (var metric in metrics)
                if (stats is null) HtmlTable.Number(html, NumberText.Undefined);
                else HtmlTable.Number(html, MetricText.Value(metric, stats[metric]), MetricText.Style(metric, stats[metric]));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Write($"<p class=\"note\">{Counted.Of(shown.Length, search.Trials.Count, "trial")}; trials.csv beside this page has all, with "
            + $"their state, round and share of the bars.</p>\n");
    }
}
