using Granary.Engine.Analysis;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>All statistics of a curve, in groups. Those of a run's results.json come first and are the run's own, bar by bar.</summary>
internal sealed class StatisticsSection : IReportSection<CurveView>
{
    public string Id => "statistics";

    public string Title => "Statistics";

    public bool Applies(CurveView view) => view.HasCurve || (view as RunView)?.Model.Portfolio is not null;

    public void Write(HtmlWriter html, CurveView view)
    {
        var run = view as RunView;
        var own = run?.Model.Portfolio;
        var curve = view.Statistics;
        if (own is not null && curve is not null)
            html.Write($"<p class=\"lead\">Ratios are of the returns of every bar, as in <code>results.json</code>. Figures marked with ° are of the returns of each {view.Period}.</p>\n");
        var mark = own is null ? "" : "°";
        html.Raw("<div class=\"columns\">");
        var values = new Dictionary<string, (double Value, bool FromCurve)>(StringComparer.Ordinal);
        if (curve is not null)
        {
            foreach (var (key, value) in StatisticNames.All(curve)) values[key] = (value, true);
            values["minimumTrackRecordLength"] = (curve.MinimumTrackRecordLength, true);
        }
        if (run is not null)
            foreach (var (key, value) in StatisticNames.All(run.Trades.Statistics))
                values[key] = (value, false);
        if (own is not null)
            foreach (var (key, value) in own.Named())
                values[key] = (value, false);
        // Days' ends see less of a drawdown than all bars do.
        if (values.TryGetValue("longestUnderwaterDays", out var longest) && view.Drawdowns.Count > 0 && view.Drawdowns.Max(d => d.Days) is var days && days > longest.Value)
            values["longestUnderwaterDays"] = (days, false);
        Group("Return", "totalReturn", "cagr", "finalEquity", "netProfit", "bestMonth", "worstMonth", "monthsProfitable", "weeksProfitable", "periodsProfitable", "periodsProfitableInMarket",
            "daysInMarket", "daysProfitable", "daysLosing", "daysProfitableInMarket", "daysLosingInMarket");
        Group("Risk", "volatility", "maxDrawdown", "maxDrawdownDays", "longestUnderwaterDays", "ulcerIndex", "var95", "cvar95", "var95InMarket", "cvar95InMarket",
            "dailyVar95", "dailyCvar95", "dailyVar95InMarket", "dailyCvar95InMarket", "skew", "kurtosis");
        Group("Return for risk", "sharpe", "sortino", "calmar", "omega", "probabilisticSharpe", "minimumTrackRecordLength", "periodsPerYear");
        if (run is not null && (own is not null || run.Trades.OfPortfolio))
            Group("Trades", "trades", "winRate", "profitFactor", "expectancy", "averageWin", "averageLoss", "payoff", "largestWin", "largestLoss", "averageBars", "exposure", "commission");
        html.Raw("</div>\n");

        void Group(string caption, params ReadOnlySpan<string> keys)
        {
            var rows = new List<(string, string, string, string?)>();
            foreach (var key in keys)
            {
                if (!values.TryGetValue(key, out var found)) continue;
                var style = key is "totalReturn" or "cagr" or "bestMonth" or "worstMonth" or "netProfit" or "expectancy" ? NumberText.Sign(found.Value) : "";
                var text = key == "minimumTrackRecordLength"
                    ? double.IsFinite(found.Value) && found.Value < 1e7 ? $"{NumberText.Count((long)Math.Ceiling(found.Value))} {view.Period}s" : NumberText.Undefined
                    : NumberText.Statistic(key, found.Value);
                rows.Add((NumberText.Name(key) + (found.FromCurve ? mark : ""), text, style, NumberText.FormulaOf(key)));
            }
            if (rows.Count > 0) HtmlTable.Pairs(html, caption, rows);
        }
    }
}
