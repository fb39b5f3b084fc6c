using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The portfolio's statistics of both runs, and their differences.</summary>
internal sealed class CompareStatistics : IReportSection<CompareView>
{
    public string Id => "statistics";

    public string Title => "Portfolio statistics";

    // What sums in another order leave.
    private const double Rounding = 1e-12;

    public bool Applies(CompareView view) => view.First.Portfolio is not null || view.Second.Portfolio is not null;

    public void Write(HtmlWriter html, CompareView view)
    {
        var first = view.First.Portfolio?.Listed().ToDictionary(n => n.Metric.Key, n => n.Value) ?? [];
        var second = view.Second.Portfolio?.Listed().ToDictionary(n => n.Metric.Key, n => n.Value) ?? [];
        HtmlTable.Open(html, "Portfolio statistics of both runs", [new("Statistic", Number: false), new("A"), new("B"), new("B − A")],
            "narrow");
        // What only one of them has, as a comparison with a benchmark, comes after what both have.
        foreach (var key in first.Keys.Union(second.Keys, StringComparer.Ordinal))
        {
            var (a, b) = (first.GetValueOrDefault(key, double.NaN), second.GetValueOrDefault(key, double.NaN));
            HtmlTable.RowHead(html, MetricText.Name(key));
            HtmlTable.Number(html, MetricText.Value(key, a));
            HtmlTable.Number(html, MetricText.Value(key, b));
            var difference = Math.Abs(b - a) <= Rounding * Math.Max(Math.Abs(a), Math.Abs(b)) ? 0 : b - a;
            HtmlTable.Number(html, difference == 0 ? "same" : Difference(key, difference), difference == 0 ? "soft" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Difference(string key, double difference)
    {
        if (!double.IsFinite(difference)) return NumberText.Undefined;
        var text = MetricText.Value(key, difference);
        if (text.AsSpan().IndexOfAnyInRange('1', '9') < 0) return Small(text);
        if (text.StartsWith('-')) text = "−" + text[1..];
        return difference > 0 && !text.StartsWith('+') ? "+" + text : text;
    }

    // Smaller than the digits of the others show: less than one unit of the last one.
    private static string Small(string zero)
    {
        var last = zero.LastIndexOf('0');
        return $"< {zero[..last].TrimStart('+', '−')}1{zero[(last + 1)..]}";
    }
}

/// <summary>Strategy by strategy: returns, weights, and how many trades they do not share.</summary>
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
        html.Write($"<p class=\"lead\">Both runs have {NumberText.Count(both)} strategies, of which "
            + $"{NumberText.Count(view.Strategies.Count - different.Length)} are the same in trades, statistics and weight; "
            + $"{NumberText.Count(view.Strategies.Count(p => p.Second is null))} are only in A, "
            + $"{NumberText.Count(view.Strategies.Count(p => p.First is null))} only in B.</p>\n");
        if (different.Length == 0) return;
        HtmlTable.Open(html, different.Length > MostRows
            ? $"The {NumberText.Count(MostRows)} strategies that differ most, of {NumberText.Count(different.Length)}"
            : "Strategies that differ, the largest difference of return first",
        [
            new("Strategy", Number: false), new("Return A"), new("Return B"), new("B − A"), new("Sharpe A", Minor: true),
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
            HtmlTable.SignedPercent(html, Return(p.Second) - Return(p.First));
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

    private static bool Differs(StrategyPair p) => p.First is null || p.Second is null || p.OnlyFirst + p.OnlySecond + p.Changed > 0
        || p.First.Weight != p.Second.Weight || StatisticsDiffer(p.First.Stats, p.Second.Stats);

    // A check that one of the runs alone has made, as a live session makes none, is no difference of the strategy.
    private static bool StatisticsDiffer(MetricSet? first, MetricSet? second)
    {
        if (first is null || second is null) return first is not null || second is not null;
        return first.Listed().Any(v => double.IsFinite(v.Value) && double.IsFinite(second[v.Metric]) && second[v.Metric] != v.Value);
    }

    private static double Return(StrategyEntry? s) => s?.Stats?.TotalReturn ?? double.NaN;

    private static string Weight(StrategyEntry? s) =>
        s is null ? NumberText.Undefined : s.Weight == 0 ? "0" : NumberText.Ratio(s.Weight, 4);
}

/// <summary>The trades that the runs do not share.</summary>
internal sealed class CompareTrades : IReportSection<CompareView>
{
    // As the style sheet has it.
    private const int MostPrinted = 70;

    public string Id => "trades";

    public string Title => "Trades";

    public bool Applies(CompareView view) => view.Different.Count > 0;

    public void Write(HtmlWriter html, CompareView view)
    {
        var all = view.OnlyFirst + view.OnlySecond + view.Changed;
        html.Raw("<p class=\"lead\">A trade is known by its strategy, its symbol, its side and the bar of its entry. What differs in a "
            + "changed trade is in bold.</p>\n");
        // The id of a strategy of one symbol names it.
        var hasSymbols = view.Different.Any(d => d.Symbol.Length > 0);
        HtmlColumn[] symbol = hasSymbols ? [new("Symbol", Number: false)] : [];
        if (view.Different.Count > MostPrinted) html.Write($"<p class=\"note onlyprint\">Printed are the first {MostPrinted} rows.</p>\n");
        HtmlTable.Open(html, view.Different.Count < all
            ? $"The first {NumberText.Count(view.Different.Count)} of {NumberText.Count(all)} differences, strategy by strategy"
            : "All differences, strategy by strategy",
            [new("Strategy", Number: false), new("In", Number: false), .. symbol, new("Side", Number: false),
                new("Entered", Number: false), new("Quantity"), new("Entry price"),
                new("Exited", Number: false), new("Exit price"), new("By", Number: false), new("Net profit")],
                "difference dense", sortable: true);
        foreach (var d in view.Different)
        {
            if (d.Kind != TradeDifference.Changed)
            {
                Row(d, d.Kind == TradeDifference.OnlyFirst ? "A only" : "B only", d.Either, null);
                continue;
            }
            Row(d, "A", d.First!.Value, d.Second);
            Row(d, "B", d.Second!.Value, d.First);
        }
        HtmlTable.Close(html);

        void Row(in TradePair pair, string where, Trade t, Trade? other)
        {
            HtmlTable.RowHead(html, pair.Strategy);
            html.Write($"<td>{where}</td>");
            if (hasSymbols) html.Write($"<td>{pair.Symbol}</td>");
            html.Write($"<td>{(t.Side == Side.Buy ? "long" : "short")}</td><td>{NumberText.Time(t.EntryTime)}</td>");
            Cell("n", NumberText.Price(t.Quantity), other?.Quantity == t.Quantity);
            Cell("n", NumberText.Price(t.EntryPrice), other?.EntryPrice == t.EntryPrice);
            Cell("", t.Reason == ExitReason.Open ? "" : NumberText.Time(t.ExitTime), other?.ExitTime == t.ExitTime);
            Cell("n", NumberText.Price(t.ExitPrice), other?.ExitPrice == t.ExitPrice);
            Cell("", ReasonText.Of(t.Reason), other?.Reason == t.Reason);
            Cell("n", NumberText.SignedMoney(t.NetProfit), other?.NetProfit == t.NetProfit);
            HtmlTable.EndRow(html);

            void Cell(string style, string text, bool same)
            {
                if (same || other is null) html.Write($"<td class=\"{style}\">{text}</td>");
                else html.Write($"<td class=\"{style}\"><b>{text}</b></td>");
            }
        }
    }
}

/// <summary>What the portfolio decided in each run.</summary>
internal sealed class CompareDecisions : IReportSection<CompareView>
{
    public string Id => "decisions";

    public string Title => "Decisions";

    public bool Applies(CompareView view) => view.First.Decisions.Count + view.Second.Decisions.Count > 0;

    public void Write(HtmlWriter html, CompareView view)
    {
        HtmlTable.Open(html, "Signals by the portfolio's decision", [new("Decision", Number: false), new("A"), new("B"), new("B − A")],
            "narrow");
        foreach (var decision in Enum.GetValues<Decision>())
        {
            var (a, b) = (view.First.Decisions.GetValueOrDefault(decision), view.Second.Decisions.GetValueOrDefault(decision));
            if (a == 0 && b == 0) continue;
            HtmlTable.RowHead(html, NumberText.Words(ReasonText.Of(decision)));
            HtmlTable.Number(html, NumberText.Count(a));
            HtmlTable.Number(html, NumberText.Count(b));
            HtmlTable.Number(html, a == b ? "same" : NumberText.SignedRatio(b - a, 0), a == b ? "soft" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
