using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Compares each strategy's returns, weights, and the number of differing trades.</summary>
internal sealed class CompareStrategies : IReportSection<CompareView>
{
    private const int MostRows = 1000;

    public string Id => "strategies-compared";

    public string Title => "Strategies";

    public bool Applies(CompareView view) => view.Strategies.Count > 0;

    public void Write(HtmlWriter html, CompareView view)
    {
        var different = view.Strategies.Where(Differs)
            .OrderByDescending(p => Math.Abs(Return(p.Second) - Return(p.First)) is var d && double.IsNaN(d) ? double.MaxValue : d)
            .ToArray();
        var both = view.Strategies.Count(p => p.First is not null && p.Second is not null);
        var (same, only) = (view.Strategies.Count - different.Length, view.Strategies.Count(p => p.Second is null));
        html.Write($"<p class=\"lead\">Both runs have {Counted.Of(both, "strategy")}, of which {NumberText.Count(same)} {Verb(same)} the "
            + $"same in trades, statistics and weight; {NumberText.Count(only)} {Verb(only)} only in A, "
            + $"{NumberText.Count(view.Strategies.Count(p => p.First is null))} only in B.</p>\n");
        if (different.Length == 0) return;
        HtmlTable.Open(html, different.Length > MostRows
            ? $"The {NumberText.Count(MostRows)} strategies that differ most, of {NumberText.Count(different.Length)}"
            : "Strategies that differ, the largest difference of return first",
        [
            new("Strategy", Number: false), new("Return A"), new("Return B"),
            new("B − A", Hint: "Returns in percentage points (pp)"), new("Sharpe A", Minor: true),
            new("Sharpe B", Minor: true), new("Weight A", Minor: true), new("Weight B", Minor: true),
            new("Same", Minor: true, Hint: "Trades that are the same in both"),
            new("Changed", Minor: true, Hint: "Entered in both, but not the same"), new("Only A", Hint: "Trades that only A has"),
            new("Only B", Hint: "Trades that only B has"),
        ], "dense", sortable: true);
        foreach (var p in different.Take(MostRows))
        {
            HtmlTable.RowHead(html, $"{p.Id}{(p.First is null ? " (only in B)" : p.Second is null ? " (only in A)" : "")}");
            HtmlTable.SignedPercent(html, Return(p.First));
            HtmlTable.SignedPercent(html, Return(p.Second));
            HtmlTable.Points(html, Return(p.Second) - Return(p.First));
            HtmlTable.Number(html, NumberText.Ratio(p.First?.Stats?.Sharpe ?? double.NaN), minor: true);
            HtmlTable.Number(html, NumberText.Ratio(p.Second?.Stats?.Sharpe ?? double.NaN), minor: true);
            HtmlTable.Number(html, Weight(p.First), minor: true);
            HtmlTable.Number(html, Weight(p.Second), minor: true);
            HtmlTable.Number(html, NumberText.Count(p.Same), minor: true);
            HtmlTable.Number(html, NumberText.Count(p.Changed), minor: true);
            HtmlTable.Number(html, NumberText.Count(p.OnlyFirst));
            HtmlTable.Number(html, NumberText.Count(p.OnlySecond));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Verb(int count) => count == 1 ? "is" : "are";

    private static bool Differs(StrategyPair p) => p.First is null || p.Second is null || p.OnlyFirst + p.OnlySecond + p.Changed > 0
        || p.First.Weight != p.Second.Weight || StatisticsDiffer(p.First.Stats, p.Second.Stats);

    // A check that only one run made (a live session makes none) is not a difference of the strategy.
    private static bool StatisticsDiffer(MetricSet? first, MetricSet? second)
    {
        if (first is null || second is null) return first is not null || second is not null;
        return first.Listed().Any(v => double.IsFinite(v.Value) && double.IsFinite(second[v.Metric]) && second[v.Metric] != v.Value);
    }

    private static double Return(StrategyEntry? s) => s?.Stats?.TotalReturn ?? double.NaN;

    private static string Weight(StrategyEntry? s) =>
        s is null ? NumberText.Undefined : s.Weight == 0 ? "0" : NumberText.Ratio(s.Weight, 4);
}
