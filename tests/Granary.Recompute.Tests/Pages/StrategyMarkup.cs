using System.Collections.Frozen;
using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// What the table of strategies has beside its cells: the small lines of profit, and the figures that a click on a row shows.
/// </summary>
internal sealed class StrategyMarkup(PageCheck check, RunFigures run)
{
    private const int LongestTable = 2000, Points = 20;
    private const double Width = 96, Height = 22;

    // Of the script's names, the keys of results.json.
    private static readonly FrozenDictionary<string, string> Keys = new Dictionary<string, string>
    {
        ["CAGR"] = "cagr",
        ["Final equity"] = "finalEquity",
        ["Net profit"] = "netProfit",
        ["Months profitable"] = "monthsProfitable",
        ["Weeks profitable"] = "weeksProfitable",
        ["Volatility"] = "volatility",
        ["Days of max drawdown"] = "maxDrawdownDays",
        ["Sortino"] = "sortino",
        ["Calmar"] = "calmar",
        ["Expectancy"] = "expectancy",
        ["Average win"] = "averageWin",
        ["Average loss"] = "averageLoss",
        ["Time in the market"] = "exposure",
        ["Commission"] = "commission",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public void Check()
    {
        Lines();
        Figures();
    }

    // Net profit summed over closed trades, at evenly spaced trades; zero stays in the picture.
    private void Lines()
    {
        var expected = run.Ranked.Take(LongestTable)
            .Select(s => run.Files.TradesOf(s.GetProperty("id").GetString()!).Where(t => !t.IsOpen).Select(t => t.NetProfit).ToList())
            .Where(closed => closed.Count > 0).ToList();
        var shown = check.Page.Sparklines;
        check.CountsAsSparklines();
        // A page of very many strategies leaves them out.
        if (shown.Count == 0 && run.Ranked.Count > LongestTable) return;
        check.Number("small lines of profit", $"{shown.Count}", expected.Count);
        foreach (var (line, closed) in shown.Zip(expected)) Line(line, closed);
    }

    private void Line(string line, List<double> closed)
    {
        var points = Math.Min(Points, closed.Count);
        List<double> sums = [0];
        for (var j = 1; j <= points; j++) sums.Add(closed.Take((j * closed.Count + points - 1) / points).Sum());
        var (low, high) = (Math.Min(0, sums.Min()), Math.Max(0, sums.Max()));
        var span = high > low ? high - low : 1;
        var drawn = line.Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split(' ').Select(double.Parse).ToArray()).ToList();
        var right = drawn.Count == sums.Count && sums.Select((s, i) => Math.Abs(drawn[i][0] - Math.Round(Width * i / points)) < 0.01
            && Math.Abs(drawn[i][1] - (1 + (Height - 2) * (high - s) / span)) < 0.051).All(same => same);
        if (!right) check.Text("small line of profit", line, $"the sums {string.Join(" ", sums.Select(s => $"{s:0.##}"))}");
    }

    private void Figures()
    {
        foreach (var (strategy, id) in run.Ranked.Take(LongestTable).Select(s => (s, s.GetProperty("id").GetString()!)))
        {
            if (strategy.GetProperty("stats").ValueKind != JsonValueKind.Object) continue;
            if (!check.Page.More.TryGetValue(id, out var values))
            {
                check.Text("figures behind a row", "", id);
                continue;
            }
            foreach (var (name, shown) in check.Page.MoreNames.Zip(values))
            {
                if (!Keys.TryGetValue(name, out var key)) check.Text("figures behind a row", name, "");
                else if (shown.Length == 0 ? double.IsFinite(RunFigures.Stat(strategy, key))
                    : !(Math.Abs(double.Parse(shown) - RunFigures.Stat(strategy, key)) <= 1e-5 * Math.Abs(double.Parse(shown))))
                    check.Text($"{name} behind the row of {id}", shown, $"{RunFigures.Stat(strategy, key)}");
            }
        }
    }
}
