using Granary.Engine.Analysis;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// All statistics of a curve in groups, with the benchmark's own beside them. Those of a run's results.json come first and are the run's
/// own, bar by bar.
/// </summary>
internal sealed class StatisticsSection : IReportSection<CurveView>
{
    private static readonly (string Caption, string[] Keys)[] _groups =
    [
        ("Return", ["totalReturn", "cagr", "finalEquity", "netProfit", "bestMonth", "worstMonth", "monthsProfitable", "weeksProfitable",
            "periodsProfitable", "periodsProfitableInMarket", "daysInMarket", "daysProfitable", "daysLosing", "daysProfitableInMarket",
            "daysLosingInMarket"]),
        ("Risk", ["volatility", "maxDrawdown", "maxDrawdownDays", "longestUnderwaterDays", "ulcerIndex", "var95", "cvar95", "var95InMarket",
            "cvar95InMarket", "dailyVar95", "dailyCvar95", "dailyVar95InMarket", "dailyCvar95InMarket", "skew", "kurtosis"]),
        ("Return for risk", ["sharpe", "excessSharpe", "sortino", "calmar", "omega", "probabilisticSharpe", "minimumTrackRecordLength",
            "periodsPerYear"]),
        ("Trades", ["trades", "winRate", "profitFactor", "expectancy", "averageWin", "averageLoss", "payoff", "largestWin",
            "largestLoss", "averageBars", "exposure", "commission"]),
    ];

    // Periods of the page's curve and what results.json says of the same days: only one of the two is shown.
    private static readonly (string Curve, string Day)[] _days =
    [
        ("periodsProfitable", "daysProfitable"), ("periodsProfitableInMarket", "daysProfitableInMarket"),
        ("var95", "dailyVar95"), ("cvar95", "dailyCvar95"),
        ("var95InMarket", "dailyVar95InMarket"), ("cvar95InMarket", "dailyCvar95InMarket"),
    ];

    // What the benchmark has no counterpart of: amounts of the account, and what counts the record.
    private static readonly string[] _ownOnly = ["finalEquity", "minimumTrackRecordLength"];

    private readonly record struct Figure(double Value, bool FromCurve);

    public string Id => "statistics";

    public string Title => "Statistics";

    public bool Applies(CurveView view) => view.HasCurve || (view as RunView)?.Model.Portfolio is not null;

    public void Write(HtmlWriter html, CurveView view)
    {
        var own = (view as RunView)?.Model.Portfolio;
        html.Raw("<p class=\"lead\">");
        if (own is not null && view.Statistics is not null)
            html.Write($"Ratios are of the returns of every bar, as in <code>results.json</code>. Figures marked with ° are of the "
                + $"returns of each {view.Period}. ");
        if (view.RiskFree == 0) html.Raw("The risk-free rate is 0.</p>\n");
        else
            html.Write($"The risk-free rate of {NumberText.Percent(view.RiskFree)} a year counts in one row, "
                + $"{NumberText.Name("excessSharpe")}; all other ratios use 0.</p>\n");
        if (view.BenchmarkStatistics is { } b)
            html.Write($"<p class=\"note\">{view.BenchmarkName}: by "
                + $"{(view.Period == "hour" && view is RunView ? "day" : view.Period)} at the {NumberText.Count(b.Points)} times that "
                + $"both curves have, annualised with {NumberText.Statistic("periodsPerYear", b.PeriodsPerYear)} periods a year.</p>\n");
        var values = Values(view, own);
        var theirs = view.BenchmarkStatistics is { } s ? Curve(s, view.RiskFree) : [];
        foreach (var (curve, day) in _days)
            if (theirs.TryGetValue(curve, out var value))
                theirs[day] = value;
        html.Raw("<div class=\"columns\">");
        foreach (var (caption, keys) in _groups)
        {
            if (caption == "Trades" && !((view as RunView) is { } run && (own is not null || run.Trades.OfPortfolio))) continue;
            Group(html, view, caption, keys, values, theirs, own is null ? "" : "°");
        }
        html.Raw("</div>\n");
    }

    private static Dictionary<string, Figure> Values(CurveView view, RunStatistics? own)
    {
        var values = new Dictionary<string, Figure>(StringComparer.Ordinal);
        if (view.Statistics is { } curve)
            foreach (var (key, value) in Curve(curve, view.RiskFree))
                values[key] = new Figure(value, true);
        if (view is RunView run)
            foreach (var (key, value) in StatisticNames.All(run.Trades.Statistics))
                values[key] = new Figure(value, false);
        if (own is not null)
        {
            foreach (var (key, value) in own.Named()) values[key] = new Figure(value, false);
            values["excessSharpe"] = new Figure(EquityStatistics.SharpeAbove(own.Sharpe, own.Volatility, view.RiskFree), false);
            if (own.Account is not null)
                foreach (var (period, _) in _days)
                    values.Remove(period);
        }
        // Days' ends see neither all falls nor all recoveries.
        if (view is RunView { Model.LongestUnderwaterDays: var longest } && double.IsFinite(longest))
            values["longestUnderwaterDays"] = new Figure(longest, false);
        if (view.RiskFree == 0) values.Remove("excessSharpe");
        return values;
    }

    private static Dictionary<string, double> Curve(EquityStatistics statistics, double riskFree)
    {
        var values = StatisticNames.All(statistics).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        values["minimumTrackRecordLength"] = statistics.MinimumTrackRecordLength;
        values["excessSharpe"] = statistics.SharpeAbove(riskFree);
        return values;
    }

    private static void Group(HtmlWriter html, CurveView view, string caption, string[] keys, Dictionary<string, Figure> values,
        Dictionary<string, double> theirs, string mark)
    {
        var compared = theirs.Count > 0 && caption != "Trades";
        html.Write($"<table class=\"pairs{(compared ? " compared" : "")}\"><caption>{caption}</caption>");
        if (compared) html.Write($"<thead><tr><th scope=\"col\">Figure</th><th scope=\"col\" "
            + $"class=\"n\">{(view is RunView ? "Portfolio" : "Curve")}</th><th scope=\"col\" "
            + $"class=\"n\">{view.BenchmarkName}</th></tr></thead>");
        html.Raw("<tbody>");
        foreach (var key in keys)
        {
            if (!values.TryGetValue(key, out var found)) continue;
            html.Raw("<tr><th scope=\"row\"");
            if (NumberText.FormulaOf(key) is { } hint) html.Write($" title=\"{hint}\"");
            html.Write($">{NumberText.Name(key)}{(found.FromCurve ? mark : "")}</th><td class=\"n "
                + $"{Style(key, found.Value)}\">{Text(view, key, found.Value)}</td>");
            if (compared) html.Write($"<td class=\"n "
                + $"soft\">{(theirs.TryGetValue(key, out var other) && !_ownOnly.Contains(key) ? Text(view, key, other) : "")}</td>");
            html.Raw("</tr>");
        }
        html.Raw("</tbody></table>\n");
    }

    private static string Style(string key, double value) =>
        key is "totalReturn" or "cagr" or "bestMonth" or "worstMonth" or "netProfit" or "expectancy" ? NumberText.Sign(value) : "";

    private static string Text(CurveView view, string key, double value) => key == "minimumTrackRecordLength"
        ? double.IsFinite(value) && value < 1e7 ? $"{NumberText.Count((long)Math.Ceiling(value))} {view.Period}s" : NumberText.Undefined
        : NumberText.Statistic(key, value);
}
