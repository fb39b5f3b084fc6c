using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Charts of a parameter search.</summary>
internal static class SearchCharts
{
    private const int MostDots = 1500, MostSliceDots = 600, MostLines = 300, Shades = 5, Cells = 12, ValuesAsCells = 14;

    /// <summary>The objective of each trial, the best so far, and the luck bar.</summary>
    public static void History(HtmlWriter html, SearchTrials of)
    {
        if (of.Finished.Count == 0) return;
        var (search, up) = (of.Search, of.ObjectiveScale(withLuck: true));
        var last = search.Trials.Count;
        var floor = of.IsMinimised ? up.Axis.High : up.Axis.Low;
        var stopped = search.Trials.Where(t => t.State == SearchTrialStates.Stopped && SearchTrials.HasObjective(t)).ToArray();
        var failed = search.Trials.Where(t => t.State == SearchTrialStates.Failed || !SearchTrials.HasObjective(t)).ToArray();
        var best = of.Best.Count == 1 ? of.Best[0] : of.Ranked[0];
        PlotCloud Cloud(string name, string style, IReadOnlyList<SearchTrialRow> trials) => new(trials.Count > 0 ? name : "", style,
            [.. of.Thinned(trials, MostDots).Select(t => ((double)t.Number, Clipped(up, of.Shown(t.Objectives[0]))))]);
        new ScatterPlot
        {
            Title = $"{ObjectiveText.Name(of.Objective)} of each trial",
            Description = $"Trial {best.Number} of {search.Trials.Count} is the best with "
                + $"{ObjectiveText.Value(of.Objective, best.Objectives[0])}. A line shows the best so far.",
            Across = new PlotScale("trial", new ValueAxis(0.5 - last * 0.01, last + 0.5 + last * 0.01),
                v => v >= 1 ? NumberText.Count((long)v) : ""),
            Up = up,
            Height = 280,
            Clouds =
            [
                Cloud("finished", "t2", of.Finished), Cloud("stopped early", "idle", stopped),
                new PlotCloud(failed.Length > 0 ? "no result" : "", "loss",
                    [.. of.Thinned(failed, MostDots).Select(t => ((double)t.Number, floor))]),
                new PlotCloud(of.Best.Count > 1 ? "best of the objective" : "best", "best", [(best.Number, of.Shown(best.Objectives[0]))]),
            ],
            Lines = [new PlotPath("best so far", "s1", BestSoFar(search, up)), .. Luck(of, up, last)],
        }.Write(html);
    }

    private static double Clipped(PlotScale scale, double value) => Math.Clamp(value, scale.Axis.Low, scale.Axis.High);

    // A step at each trial that is better than all before it.
    private static List<(double X, double Y)> BestSoFar(ParameterSearch search, PlotScale up)
    {
        var line = new List<(double X, double Y)>();
        foreach (var trial in search.Trials)
        {
            if (!double.IsFinite(trial.Best)) continue;
            var value = Clipped(up, trial.Best);
            if (line.Count > 0 && line[^1].Y == value) continue;
            if (line.Count > 0) line.Add((trial.Number, line[^1].Y));
            line.Add((trial.Number, value));
        }
        if (line.Count > 0) line.Add((search.Trials.Count, line[^1].Y));
        return line;
    }

    private static IEnumerable<PlotPath> Luck(SearchTrials of, PlotScale up, int last) => of.HasLuckBar
        ? [new PlotPath("luck bar", "luck", [(1, Clipped(up, of.Search.LuckBar)), (last, Clipped(up, of.Search.LuckBar))])] : [];

    /// <summary>How many trials have which objective, with the best and the luck bar.</summary>
    public static void Distribution(HtmlWriter html, SearchTrials of)
    {
        if (of.Finished.Count < 5) return;
        var values = of.Finished.Select(t => of.Shown(t.Objectives[0])).ToArray();
        var luck = of.HasLuckBar ? of.Search.LuckBar : double.NaN;
        var axis = ValueAxis.Around(values, luck);
        var bins = Math.Clamp((int)Math.Sqrt(values.Length) * 2, 8, 40);
        var counts = new int[bins];
        foreach (var value in values) counts[Math.Min(bins - 1, (int)(axis.Share(value) * bins))]++;
        double Edge(int i) => axis.Low + (axis.High - axis.Low) * i / bins;
        var name = ObjectiveText.Name(of.Objective);
        List<PlotMark> marks = [new PlotMark(of.Ranked[0].Objectives[0], "best", "best")];
        if (of.HasLuckBar) marks.Add(new PlotMark(luck, "luck bar", "dashed"));
        new BarPlot
        {
            Title = $"How the trials are distributed by {name.ToLowerInvariant()}",
            Description = $"Median {ObjectiveText.Value(of.Objective, Quantile.Median([.. values.Order()]))}, "
                + $"best {ObjectiveText.Value(of.Objective, of.Ranked[0].Objectives[0])}.",
            Bars = [.. counts.Select((count, i) => new PlotBar(Edge(i), Edge(i + 1), count, "",
                $"{ObjectiveText.Value(of.Objective, Edge(i))} to {ObjectiveText.Value(of.Objective, Edge(i + 1))}: "
                + Counted.Of(count, "trial")))],
            Marks = marks,
            Format = of.ObjectiveScale(withLuck: false).Format,
            Across = name.ToLowerInvariant(),
            Up = "trials",
        }.Write(html);
    }

    /// <summary>The objective against each parameter, late trials darker.</summary>
    public static void Slices(HtmlWriter html, SearchTrials of)
    {
        if (of.Finished.Count == 0 || of.Parameters.Count == 0) return;
        var up = of.ObjectiveScale(withLuck: false, about: 4);
        html.Raw("<div class=\"slices\">");
        foreach (var parameter in of.Parameters)
        {
            var scale = of.ScaleOf(parameter.Name);
            new ScatterPlot
            {
                Title = parameter.Name,
                Description = $"{ObjectiveText.Name(of.Objective)} against {parameter.Name}; the best trial has "
                    + $"{Shown(of.Ranked[0], parameter)}.",
                Across = scale,
                Up = up,
                Height = 170,
                Clouds = [.. Shaded(of, MostSliceDots, t => (Spread(t, parameter), of.Shown(t.Objectives[0])), named: false),
                    Marked(of, t => (SearchTrials.ValueOf(t, parameter), of.Shown(t.Objectives[0])), "")],
            }.Write(html);
        }
        html.Raw("</div>\n");
    }

    // Trials of the same choice stand beside each other, by their number.
    private static double Spread(SearchTrialRow trial, SearchedParameter parameter) => SearchTrials.ValueOf(trial, parameter)
        + (parameter.Values is null ? 0 : (trial.Number * 37 % 101 / 100.0 - 0.5) * 0.5);

    private static PlotCloud Marked(SearchTrials of, Func<SearchTrialRow, (double X, double Y)> at, string name) => new(name, "best",
        [.. (of.Best.Count > 1 ? of.Best : of.Ranked.Take(1)).Select(at).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))]);

    private static IEnumerable<PlotCloud> Shaded(SearchTrials of, int most, Func<SearchTrialRow, (double X, double Y)> at, bool named)
    {
        var all = of.Search.Trials.Count;
        var shades = of.Thinned(of.Finished, most).GroupBy(t => (int)((long)(t.Number - 1) * Shades / all)).ToDictionary(g => g.Key);
        for (var shade = 0; shade < Shades; shade++)
        {
            var name = shade switch { 0 when named => "first trials", Shades - 1 when named => "last trials", _ => "" };
            yield return new PlotCloud(name, $"t{shade}",
                shades.TryGetValue(shade, out var trials)
                    ? [.. trials.Select(at).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))] : []);
        }
    }

    /// <summary>The mean objective over two parameters, in cells, with the trials.</summary>
    public static void Contour(HtmlWriter html, SearchTrials of)
    {
        if (of.Parameters.Count < 2 || of.Finished.Count < 10) return;
        var (across, up) = (of.Parameters[0], of.Parameters[1]);
        var (columns, rows) = (Edges(of, across), Edges(of, up));
        var middle = Quantile.Median([.. of.Finished.Select(t => t.Objectives[0]).Order()]);
        var cells = of.Finished.Select(t => (Trial: t, X: Bin(columns, of.ScaleOf(across.Name), SearchTrials.ValueOf(t, across)),
                Y: Bin(rows, of.ScaleOf(up.Name), SearchTrials.ValueOf(t, up))))
            .Where(c => c.X >= 0 && c.Y >= 0).GroupBy(c => (c.X, c.Y))
            .OrderBy(g => g.Key.X).ThenBy(g => g.Key.Y)
            .Select(g => (g.Key.X, g.Key.Y, Count: g.Count(), Mean: g.Average(c => c.Trial.Objectives[0]))).ToArray();
        if (cells.Length == 0) return;
        // Tints by rank, since a few bad trials would leave all others without one.
        var sorted = of.Finished.Select(t => t.Objectives[0]).Order().ToArray();
        double Rank(double mean) => 2.0 * sorted.Count(v => v < mean) / sorted.Length - 1;
        new ScatterPlot
        {
            Title = $"{ObjectiveText.Name(of.Objective)} over {across.Name} and {up.Name}",
            Description = $"Mean objective in {cells.Length} cells, blue where it is better than the median of all trials, "
                + $"{ObjectiveText.Value(of.Objective, middle)}, orange where it is worse; each dot is a trial.",
            Across = of.ScaleOf(across.Name),
            Up = of.ScaleOf(up.Name),
            Height = 320,
            Cells = [.. cells.Select(c => new PlotCell(columns[c.X], columns[c.X + 1], rows[c.Y], rows[c.Y + 1],
                HtmlTable.Tint(of.IsMinimised ? -Rank(c.Mean) : Rank(c.Mean)),
                $"{Counted.Of(c.Count, "trial")}, mean {ObjectiveText.Value(of.Objective, c.Mean)}"))],
            Clouds = [new PlotCloud("trial", "faint", [.. of.Thinned(of.Finished, MostSliceDots)
                    .Select(t => (Spread(t, across), Spread(t, up))).Where(p => double.IsFinite(p.Item1) && double.IsFinite(p.Item2))]),
                Marked(of, t => (SearchTrials.ValueOf(t, across), SearchTrials.ValueOf(t, up)), of.Best.Count > 1 ? "front" : "best")],
        }.Write(html);
    }

    // The limits of the cells: one cell for each choice and each of a few whole numbers, otherwise cells of equal width on the scale.
    private static double[] Edges(SearchTrials of, SearchedParameter parameter)
    {
        if (parameter.Values is { } choices) return [.. Enumerable.Range(0, choices.Count + 1).Select(i => i - 0.5)];
        var (low, high) = (parameter.From!.Value, parameter.To!.Value);
        if (!(high > low)) return [low - 0.5, low + 0.5];
        if (!parameter.Log && high - low < ValuesAsCells
            && of.Finished.All(t => SearchTrials.ValueOf(t, parameter) is var v && (!double.IsFinite(v) || v == Math.Round(v))))
            return [.. Enumerable.Range(0, (int)(high - low) + 2).Select(i => low + i - 0.5)];
        return [.. Enumerable.Range(0, Cells + 1).Select(i => parameter.Log ? low * Math.Pow(high / low, (double)i / Cells)
            : low + (high - low) * i / Cells)];
    }

    private static int Bin(double[] edges, PlotScale scale, double value)
    {
        if (!double.IsFinite(value)) return -1;
        var (low, high) = (scale.Axis with { Low = edges[0], High = edges[^1] }, edges.Length - 1);
        return Math.Clamp((int)Math.Floor(low.Share(value) * high + Tolerance.Step), 0, high - 1);
    }

    /// <summary>Every finished trial as a line through its parameters and objectives.</summary>
    public static void Parallel(HtmlWriter html, SearchTrials of)
    {
        if (of.Finished.Count < 2 || of.Parameters.Count == 0) return;
        var objectives = Enumerable.Range(0, of.Search.Objectives.Count).ToArray();
        // From worst to best, so that the best lie on top; shares are of the ranking.
        (string Name, string Style, double From)[] bands = [("worse half", "p0", 0.5), ("", "p1", 0.25), ("best quarter", "p2", 0.05),
            ("best 5%", "p3", 0)];
        var kept = of.Thinned(of.Ranked, MostLines).ToHashSet();
        double[] Values(SearchTrialRow t) => [.. of.Parameters.Select(p => Spread(t, p)),
            .. objectives.Select(i => i == 0 ? of.Shown(t.Objectives[0]) : t.Objectives[i])];
        var lines = new List<ParallelLines>();
        var before = 1.0;
        foreach (var (name, style, from) in bands)
        {
            lines.Add(new ParallelLines(name, style, [.. of.Ranked.Take((int)Math.Ceiling(before * of.Ranked.Count))
                .Skip((int)Math.Ceiling(from * of.Ranked.Count)).Where(kept.Contains).Select(Values)]));
            before = from;
        }
        lines.Add(new ParallelLines(of.Best.Count > 1 ? "front" : "best", "best",
            [.. (of.Best.Count > 1 ? of.Best : [of.Ranked[0]]).Select(Values)]));
        new ParallelPlot
        {
            Title = "Parameters and objective of each trial",
            Description = $"{Counted.Of(kept.Count, of.Finished.Count, "finished trial")} as lines through "
                + string.Join(", ", of.Parameters.Select(p => p.Name)) + $" and the objective; the best has {Shown(of.Ranked[0], of)}.",
            Axes = [.. of.Parameters.Select(p => of.ScaleOf(p.Name)), .. objectives.Select(i => of.ObjectiveScale(i)
                with { Reversed = ObjectiveName.IsMinimised(of.Search.Objectives[i]) })],
            Lines = lines,
        }.Write(html);
    }

    /// <summary>The first two objectives of all trials, and the front that no trial beats in both.</summary>
    public static void Front(HtmlWriter html, SearchTrials of)
    {
        if (of.Search.Objectives.Count < 2 || of.Best.Count == 0) return;
        var (across, up) = (of.ObjectiveScale(1), of.ObjectiveScale(0));
        (double X, double Y) At(SearchTrialRow t) => (t.Objectives[1], of.Shown(t.Objectives[0]));
        var front = of.Best.Select(At).OrderBy(p => p.X).ThenBy(p => p.Y).ToArray();
        new ScatterPlot
        {
            Title = $"{ObjectiveText.Name(of.Objective)} against {ObjectiveText.Name(of.Search.Objectives[1]).ToLowerInvariant()}",
            Description = $"{Counted.Of(front.Length, "trial")} of the front: no other trial is better in every objective.",
            Across = across,
            Up = up,
            Height = 320,
            Clouds = [.. Shaded(of, MostDots, At, named: true), new PlotCloud("Pareto front", "best", front)],
            Lines = [new PlotPath("", "front", front)],
        }.Write(html);
    }

    private static string Shown(SearchTrialRow trial, SearchedParameter parameter) =>
        trial.Values.TryGetValue(parameter.Name, out var value) ? ParameterText.Value(value) : NumberText.Undefined;

    private static string Shown(SearchTrialRow trial, SearchTrials of) =>
        string.Join(", ", of.Parameters.Select(p => $"{p.Name} {Shown(trial, p)}"));
}
