using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Results of a class over its parameter grid: a single bright cell is luck, a plateau is not.</summary>
internal sealed class ParameterMapSection : IReportSection<RunView>
{
    private const int MostClasses = 12, MostValues = 24, BinnedTo = 16;

    public string Id => "parameters";

    public string Title => "Parameter maps";

    // A walk-forward's groups have only the parameters of the last window.
    public bool Applies(RunView view) => view.Model.Section<WalkForwardResults>() is null && Grids(view).Any();

    public void Write(HtmlWriter html, RunView view)
    {
        html.Raw("<p class=\"lead\">Each cell is the median Sharpe ratio of the strategies with these two values, over markets, timeframes "
            + "and all other parameters. A plateau is worth more than a lone peak.</p>\n");
        html.Raw("<div class=\"maps\">");
        foreach (var grid in Grids(view).Take(MostClasses)) Map(html, grid);
        html.Raw("</div>\n");
    }

    private sealed record Grid(string Class, string Down, string Across,
        IReadOnlyList<(StrategyEntry Strategy, double Down, double Across)> Points);

    private static IEnumerable<Grid> Grids(RunView view)
    {
        // The trials of a search have a section of their own; they are no grid.
        var trials = view.Model.Section<ParameterSearchResults>()?.Searches.SelectMany(s => s.Trials).Select(t => t.Strategy)
            .ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var group in view.Model.Strategies.Where(s => s.Stats is not null && !trials.Contains(s.Id)).GroupBy(s => s.Class)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var values = new Dictionary<string, HashSet<double>>(StringComparer.Ordinal);
            var order = new List<string>();
            foreach (var strategy in group)
                foreach (var (name, value) in strategy.Params)
                {
                    var number = ParameterText.Number(value);
                    if (double.IsNaN(number)) continue;
                    if (!values.TryGetValue(name, out var seen))
                    {
                        values[name] = seen = [];
                        order.Add(name);
                    }
                    seen.Add(number);
                }
            var two = order.Where(n => values[n].Count > 1).OrderByDescending(n => values[n].Count).Take(2).OrderBy(order.IndexOf)
                .ToArray();
            if (two.Length < 2) continue;
            var points = new List<(StrategyEntry, double, double)>();
            foreach (var strategy in group)
            {
                var (down, across) = (double.NaN, double.NaN);
                foreach (var (name, value) in strategy.Params)
                {
                    if (name == two[0]) down = ParameterText.Number(value);
                    if (name == two[1]) across = ParameterText.Number(value);
                }
                if (!double.IsNaN(down) && !double.IsNaN(across)) points.Add((strategy, down, across));
            }
            // If no strategy has a Sharpe ratio, for example without trades, the map would be empty.
            if (group.Any(s => double.IsFinite(s.Stats!.Sharpe))) yield return new Grid(group.Key, two[0], two[1], points);
        }
    }

    private static void Map(HtmlWriter html, Grid grid)
    {
        var down = Bins(grid.Points.Select(p => p.Down));
        var across = Bins(grid.Points.Select(p => p.Across));
        var cells = new List<StrategyEntry>?[down.Count, across.Count];
        foreach (var (strategy, d, a) in grid.Points) (cells[Bin(down, d), Bin(across, a)] ??= []).Add(strategy);
        var medians = new double[down.Count, across.Count];
        var sizes = new List<double>();
        for (var i = 0; i < down.Count; i++)
            for (var j = 0; j < across.Count; j++)
            {
                medians[i, j] = cells[i, j] is { } cell ? StrategyGroupsSection.Median(cell.Select(s => s.Stats!.Sharpe)) : double.NaN;
                if (double.IsFinite(medians[i, j])) sizes.Add(Math.Abs(medians[i, j]));
            }
        sizes.Sort();
        var scale = sizes.Count > 0
            ? Math.Max(1e-9, Quantile.Linear(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sizes), 0.95)) : 1;
        List<HtmlColumn> columns = [new($"{grid.Down} ↓  {grid.Across} →", Number: false)];
        foreach (var bin in across) columns.Add(new HtmlColumn(Label(bin)));
        HtmlTable.Open(html, $"{grid.Class}, {Counted.Of(grid.Points.Count, "strategy")}: median Sharpe",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), "map heat");
        for (var i = 0; i < down.Count; i++)
        {
            HtmlTable.RowHead(html, Label(down[i]));
            for (var j = 0; j < across.Count; j++)
            {
                if (cells[i, j] is not { } cell)
                {
                    html.Raw("<td></td>");
                    continue;
                }
                html.Write($"<td class=\"n {HtmlTable.Tint(medians[i, j] / scale)}\" "
                    + $"title=\"{grid.Down} {Label(down[i])}, {grid.Across} {Label(across[j])}: {Counted.Of(cell.Count, "strategy")}, "
                    + $"median return "
                    + $"{NumberText.SignedPercent(StrategyGroupsSection.Median(cell.Select(s => s.Stats!.TotalReturn)))}\">"
                    + $"{NumberText.SignedRatio(medians[i, j])}</td>");
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    // The values themselves if there are few, otherwise ranges with equal numbers of values.
    private static List<(double From, double To)> Bins(IEnumerable<double> values)
    {
        var distinct = values.Distinct().Order().ToArray();
        if (distinct.Length <= MostValues) return [.. distinct.Select(v => (v, v))];
        var bins = new List<(double, double)>();
        for (var b = 0; b < BinnedTo; b++)
            bins.Add((distinct[distinct.Length * b / BinnedTo], distinct[distinct.Length * (b + 1) / BinnedTo - 1]));
        return bins;
    }

    private static int Bin(List<(double From, double To)> bins, double value)
    {
        var at = bins.Count - 1;
        while (at > 0 && value < bins[at].From) at--;
        return at;
    }

    private static string Label((double From, double To) bin) =>
        bin.From == bin.To ? NumberText.Price(bin.From) : $"{NumberText.Price(bin.From)}–{NumberText.Price(bin.To)}";
}
