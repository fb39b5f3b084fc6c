using System.Collections.Immutable;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// All strategies with their weights and main figures. The page's script can sort and filter the table and expand rows; it is complete
/// without.
/// </summary>
internal sealed class StrategyTableSection : IReportSection<RunView>
{
    // Limits a page to three megabytes; results.json has all strategies.
    private const long MostTradesForLines = 250_000;
    private const int LinePoints = 20;

    private static readonly ImmutableArray<Metric> _columns =
    [
        TradeMetrics.Trades, TradeMetrics.WinRate, TradeMetrics.ProfitFactor, ReturnMetrics.TotalReturn, RatioMetrics.Sharpe,
        RiskMetrics.MaxDrawdown,
    ];

    public string Id => "strategies";

    public string Title => "All strategies";

    public bool Applies(RunView view) => view.Model.Strategies.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var all = view.Ranked;
        var rows = Math.Min(all.Count, RunView.MostListed);
        var lines = all.Sum(s => s.Stats?.Trades ?? 0) <= MostTradesForLines;
        Filters(html, view, rows);
        var more = More(html, view);
        var furthest = Scale(all.Select(s => Math.Abs(s.Stats?.TotalReturn ?? double.NaN)));
        var deepest = Scale(all.Select(s => s.Stats?.MaxDrawdown ?? double.NaN));
        List<HtmlColumn> columns =
        [
            new("Strategy", Number: false), new("Symbol", Number: false, Minor: true),
            new("TF", Number: false, Minor: true, Hint: "Timeframe"),
            new("Weight", Minor: true), new("Contribution", Minor: true, Hint: "Net profit of its closed trades in the portfolio"),
            new("Trades", Minor: true), new("Won", Minor: true),
            new("PF", Minor: true, Hint: "Profit factor: sum of wins over sum of losses, net"), new("Return"), new("Sharpe"),
            new("Max DD", Hint: "Maximum drawdown"),
        ];
        if (lines) columns.Add(new HtmlColumn("Profit by trade", Number: false, Minor: true));
        if (rows > 60)
            html.Raw("<p class=\"note onlyprint\">Printed are the first 60 rows of the table as it was sorted and filtered.</p>\n");
        HtmlTable.Open(html, rows < all.Count
            ? $"The first {NumberText.Count(rows)} of {NumberText.Count(all.Count)} strategies by weight, then return; results.json has all"
            : "Strategies by weight, then return",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), "strategies", sortable: true);
        for (var i = 0; i < rows; i++) Row(html, view, all[i], more, (furthest, deepest), lines);
        HtmlTable.Close(html);
    }

    private static void Filters(HtmlWriter html, RunView view, int rows)
    {
        html.Raw("<form class=\"filters\" hidden role=\"search\" aria-label=\"Filter the strategies\"><label>Find <input type=\"search\" "
            + "name=\"find\" placeholder=\"class, parameter …\" autocomplete=\"off\"></label>");
        Select("Class", 0, view.Model.Strategies.Select(s => s.Class));
        Select("Symbol", 1, view.Model.Strategies.Select(s => s.Symbol));
        Select("Timeframe", 2, view.Model.Strategies.Select(s => s.Timeframe));
        html.Write($"<label class=\"check\"><input type=\"checkbox\" name=\"weighted\"> with weight</label><output "
            + $"aria-live=\"polite\">{Counted.Of(rows, "strategy")}</output></form>\n");

        void Select(string name, int column, IEnumerable<string> values)
        {
            var distinct = values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            if (distinct.Length < 2) return;
            html.Write($"<label>{name} <select data-column=\"{column}\"><option value=\"\">all</option>");
            foreach (var value in distinct) html.Write($"<option>{value}</option>");
            html.Raw("</select></label>");
        }
    }

    // Metrics of a strategy that the script shows besides the table's own columns.
    private static List<Metric> More(HtmlWriter html, RunView view)
    {
        List<Metric> more = [.. view.Metrics.All.Where(m => m.IsObjective && !_columns.Contains(m))];
        html.Write($"<div hidden id=\"strategy-metrics\" data-names=\"{string.Join(';', more.Select(m => m.ShortName))}\" "
            + $"data-formats=\"{string.Join(';', more.Select(MetricText.ScriptFormat))}\"></div>\n");
        return more;
    }

    private static void Row(
        HtmlWriter html, RunView view, StrategyEntry strategy, IReadOnlyList<Metric> more, (double Furthest, double Deepest) scale,
        bool lines)
    {
        var s = strategy.Stats;
        html.Write($"<tr data-id=\"{strategy.Id}\"");
        if (s is not null)
        {
            html.Raw(" data-more=\"");
            for (var i = 0; i < more.Count; i++)
            {
                if (i > 0) html.Raw(";");
                if (double.IsFinite(s[more[i]])) html.Raw(NumberText.Exact(s[more[i]]));
            }
            html.Raw("\"");
        }
        html.Write($"><th scope=\"row\"><b>{strategy.Class}</b> "
            + $"<span>{ParameterText.Of(strategy)}{(strategy.Sides == "long" ? "" : " · " + strategy.Sides)}</span><span "
            + $"class=\"place\">{strategy.Symbol} · {strategy.Timeframe}</span>");
        if (strategy.Error is not null) html.Write($"<em>{strategy.Error}</em>");
        if (s is { IsRuined: true }) html.Raw("<em>ruined: its account reached zero equity and was closed</em>");
        html.Write($"</th><td class=\"minor {(strategy.Symbol.Length <= 20 ? "short" : "")}\">{strategy.Symbol}</td><td "
            + $"class=\"minor\">{strategy.Timeframe}</td>");
        HtmlTable.Number(html, strategy.Weight == 0 ? "0" : NumberText.Price(Math.Round(strategy.Weight, 4)), strategy.Weight == 0 ? "soft"
            : "", minor: true);
        if (view.Trades.OfPortfolio && view.Trades.Closed[strategy.Index] > 0)
            HtmlTable.SignedMoney(html, view.Trades.Net[strategy.Index], minor: true);
        else HtmlTable.Number(html, NumberText.Undefined, "soft", minor: true);
        if (s is null)
        {
            html.Raw("<td class=\"n minor\">–</td><td class=\"n minor\">–</td><td class=\"n minor\">–</td><td class=\"n\">–</td><td "
                + "class=\"n\">–</td><td class=\"n\">–</td>");
            if (lines) html.Raw("<td class=\"minor\"></td>");
            HtmlTable.EndRow(html);
            return;
        }
        HtmlTable.Number(html, NumberText.Count(s.Trades), minor: true);
        HtmlTable.Number(html, NumberText.Percent(s.WinRate, 1), minor: true);
        HtmlTable.Ratio(html, s, TradeMetrics.ProfitFactor, minor: true);
        html.Write($"<td class=\"n bar {NumberText.Sign(s.TotalReturn)}\" "
            + $"style=\"--w:{Share(Math.Abs(s.TotalReturn), scale.Furthest)}\">{NumberText.SignedPercent(s.TotalReturn)}</td>");
        HtmlTable.Ratio(html, s, RatioMetrics.Sharpe);
        html.Write($"<td class=\"n bar\" style=\"--w:{Share(s.MaxDrawdown, scale.Deepest)}\">{NumberText.Percent(s.MaxDrawdown)}</td>");
        if (lines)
        {
            html.Raw("<td class=\"minor\">");
            if (strategy.HasListedTrades) Line(html, view.Events.Trades(strategy.Index), s.Trades);
            html.Raw("</td>");
        }
        HtmlTable.EndRow(html);
    }

    // Cumulative net profit over closed trades, at evenly spaced trades.
    private static void Line(HtmlWriter html, IEnumerable<Trade> trades, long count)
    {
        if (count == 0) return;
        Span<double> sums = stackalloc double[LinePoints + 1];
        sums[0] = 0;
        double sum = 0;
        long seen = 0;
        var filled = 0;
        var points = (int)Math.Min(LinePoints, count);
        foreach (var trade in trades)
        {
            if (trade.Reason == ExitReason.Open) continue;
            sum += trade.NetProfit;
            seen++;
            while (filled < points && seen * points >= (filled + 1) * count) sums[++filled] = sum;
        }
        if (filled > 0) Sparkline.Write(html, sums[..(filled + 1)], sum >= 0 ? "gain" : "loss");
    }

    private static int Share(double value, double scale) =>
        double.IsFinite(value) ? (int)Math.Clamp(Math.Round(100 * value / scale), 0, 100) : 0;

    // Bars are scaled to typical values; extreme values fill their cell.
    private static double Scale(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? 1 : Math.Max(1e-9, Quantile.Linear(sorted, 0.98));
    }
}
