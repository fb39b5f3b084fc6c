using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Whether the portfolio's strategies win and lose together.</summary>
internal sealed class CorrelationSection : IReportSection<RunView>
{
    // As many as fit a page; those that moved the most money.
    private const int Most = 16, FewestTrades = 5;

    public string Id => "correlation";

    public string Title => "Correlation of strategies";

    public bool Applies(RunView view) => Chosen(view).Count > 1;

    public void Write(HtmlWriter html, RunView view)
    {
        var chosen = Chosen(view);
        var (series, period) = Series(view, chosen);
        var matrix = Correlations(series);
        double sum = 0;
        var pairs = 0;
        for (var i = 0; i < chosen.Count; i++)
            for (var j = 0; j < i; j++)
                if (double.IsFinite(matrix[i, j]))
                {
                    sum += matrix[i, j];
                    pairs++;
                }
        html.Write($"<p class=\"lead\">Mean correlation of the pairs below: <b>{NumberText.SignedRatio(pairs > 0 ? sum / pairs : double.NaN)}</b>, of net profit by {period} of exit.</p>\n");
        List<Column> columns = [new("Strategy", Number: false)];
        for (var i = 0; i < chosen.Count; i++) columns.Add(new Column($"{i + 1}", Hint: chosen[i].Id));
        HtmlTable.Open(html, $"Correlation between the {chosen.Count} strategies that moved the most money, in the order of the table of strategies",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), "matrix heat");
        for (var i = 0; i < chosen.Count; i++)
        {
            html.Write($"<tr><th scope=\"row\" title=\"{chosen[i].Id}\"><span class=\"no\">{i + 1}</span> <b>{chosen[i].Class}</b> <span>{ParameterText.Of(chosen[i])} · {chosen[i].Symbol} {chosen[i].Timeframe}</span></th>");
            for (var j = 0; j < chosen.Count; j++)
            {
                if (i == j) html.Raw("<td class=\"n soft\">1</td>");
                else HtmlTable.Number(html, Short(matrix[i, j]), HtmlTable.Tint(matrix[i, j]));
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static List<StrategyEntry> Chosen(RunView view)
    {
        var t = view.Trades;
        var moved = view.Ranked.Where(s => t.Closed[s.Index] >= FewestTrades && (s.Weight != 0 || !t.OfPortfolio))
            .OrderByDescending(s => t.Profits[s.Index]!.Values.Sum(Math.Abs)).ThenBy(s => s.Index).Take(Most).Select(s => s.Index).ToHashSet();
        return [.. view.Ranked.Where(s => moved.Contains(s.Index))];
    }

    private static (double[][] Series, string Period) Series(RunView view, List<StrategyEntry> chosen)
    {
        var profits = chosen.ConvertAll(s => view.Trades.Profits[s.Index]!);
        var first = profits.Min(p => p.Keys.Min());
        var count = profits.Max(p => p.Keys.Max()) - first + 1;
        var series = new double[chosen.Count][];
        for (var i = 0; i < series.Length; i++)
        {
            series[i] = new double[count];
            foreach (var (period, net) in profits[i]) series[i][period - first] = net;
        }
        return (series, view.Trades.PeriodDays == 1 ? "day" : "week");
    }

    private static double[,] Correlations(double[][] series)
    {
        var n = series.Length;
        var result = new double[n, n];
        var norms = new double[n];
        for (var i = 0; i < n; i++)
        {
            var mean = series[i].Sum() / series[i].Length;
            for (var k = 0; k < series[i].Length; k++) series[i][k] -= mean;
            norms[i] = Math.Sqrt(series[i].Sum(v => v * v));
        }
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                double sum = 0;
                for (var k = 0; k < series[i].Length; k++) sum += series[i][k] * series[j][k];
                result[i, j] = norms[i] > 0 && norms[j] > 0 ? sum / (norms[i] * norms[j]) : double.NaN;
            }
        }
        return result;
    }

    private static string Short(double r) => double.IsFinite(r) ? NumberText.SignedRatio(r).Replace("0.", ".", StringComparison.Ordinal) : NumberText.Undefined;
}
