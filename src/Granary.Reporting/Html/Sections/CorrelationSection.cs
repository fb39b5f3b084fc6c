using System.Runtime.InteropServices;
using Granary.Engine.Analysis;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Correlation of the strategies' returns, from the equity of their own accounts.</summary>
internal sealed class CorrelationSection : IReportSection<RunView>
{
    // The number of strategies that fit on a page: those with the largest profits and losses.
    private const int Most = 16;

    // Fewer common periods give no reliable correlation.
    private const int FewestPeriods = 10;

    public string Id => "correlation";

    public string Title => "Correlation of strategies";

    public bool Applies(RunView view) => Chosen(view).Count > 1;

    public void Write(HtmlWriter html, RunView view)
    {
        var chosen = Chosen(view);
        var matrix = Correlations(chosen);
        double sum = 0;
        var pairs = 0;
        for (var i = 0; i < chosen.Count; i++)
            for (var j = 0; j < i; j++)
                if (double.IsFinite(matrix[i, j]))
                {
                    sum += matrix[i, j];
                    pairs++;
                }
        html.Write($"<p class=\"lead\">Mean correlation of the pairs below: "
            + $"<b>{NumberText.SignedRatio(pairs > 0 ? sum / pairs : double.NaN)}</b>. ");
        html.Write($"Each strategy's own account counts, whatever the portfolio accepted of it: returns of its equity over "
            + $"{Period(chosen[0].Trace!.PeriodTicks)}, in the periods that both strategies have.</p>\n");
        List<HtmlColumn> columns = [new("Strategy", Number: false)];
        for (var i = 0; i < chosen.Count; i++) columns.Add(new HtmlColumn($"{i + 1}", Hint: chosen[i].Id));
        HtmlTable.Open(html,
            $"Correlation between the {chosen.Count} strategies that moved the most money, in the order of the table of strategies",
            CollectionsMarshal.AsSpan(columns), "matrix heat");
        for (var i = 0; i < chosen.Count; i++)
        {
            var s = chosen[i];
            html.Write($"<tr><th scope=\"row\" title=\"{s.Id}\"><span class=\"no\">{i + 1}</span> <b>{s.Class}</b> "
                + $"<span>{ParameterText.Of(s)} · {s.Symbol} {s.Timeframe}</span></th>");
            for (var j = 0; j < chosen.Count; j++)
            {
                if (i == j) html.Raw("<td class=\"n soft\">1</td>");
                else HtmlTable.Number(html, Short(matrix[i, j]), HtmlTable.Tint(matrix[i, j]));
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    // Strategies with weight if there are any, otherwise all, as far as their equity changed.
    private static List<StrategyEntry> Chosen(RunView view)
    {
        var t = view.Trades;
        var weighted = view.Model.Strategies.Any(s => s.Weight != 0);
        var moved = view.Ranked.Where(s => (s.Weight != 0 || !weighted) && s.Trace is { } trace && Moves(trace))
            .OrderByDescending(s => t.Moved[s.Index]).ThenBy(s => s.Index).Take(Most).Select(s => s.Index).ToHashSet();
        return [.. view.Ranked.Where(s => moved.Contains(s.Index))];
    }

    private static bool Moves(Granary.Engine.Analysis.EquityTrace trace) => trace.Equity.Any(e => e != trace.Start);

    private static double[,] Correlations(List<StrategyEntry> chosen)
    {
        var result = new double[chosen.Count, chosen.Count];
        for (var i = 0; i < chosen.Count; i++)
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (chosen[i].Trace!, chosen[j].Trace!);
                var (from, to) = (Math.Max(a.FirstPeriod, b.FirstPeriod), Math.Min(a.LastPeriod, b.LastPeriod) + 1);
                result[i, j] = result[j, i] = to - from < FewestPeriods ? double.NaN
                    : PearsonCorrelation.Of(a.Returns(from, to), b.Returns(from, to));
            }
        return result;
    }

    private static string Period(long ticks) => ticks switch
    {
        TimeSpan.TicksPerHour => "hours",
        TimeSpan.TicksPerDay => "days",
        7 * TimeSpan.TicksPerDay => "weeks (Monday to Sunday, UTC)",
        _ => $"{NumberText.Days(ticks / (double)TimeSpan.TicksPerDay)}",
    };

    private static string Short(double r) => double.IsFinite(r) ? NumberText.SignedRatio(r).Replace("0.", ".", StringComparison.Ordinal)
        : NumberText.Undefined;
}
