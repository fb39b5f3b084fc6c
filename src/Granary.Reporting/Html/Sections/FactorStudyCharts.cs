using System.Globalization;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Charts and tables of one factor of a study.</summary>
internal static class FactorStudyCharts
{
    public static void Ic(HtmlWriter html, FactorStudyResults study, StudiedFactor factor)
    {
        long[] times = [.. factor.Series!.Times.Select(t => t.Ticks)];
        for (var h = 0; h < factor.Horizons.Count; h++)
        {
            var horizon = factor.Horizons[h];
            var point = factor.Series.DatesPerPoint > 1 ? $", means of {factor.Series.DatesPerPoint} dates" : "";
            new TimePlot
            {
                Title = $"IC over {Counted.Of(horizon.Horizon, "bar")}{point}",
                Description = $"The mean is {FactorTestsSection.Signed(horizon.Ic.Mean)}, its 95% interval from "
                    + $"{FactorTestsSection.Signed(horizon.Ic.Low)} to {FactorTestsSection.Signed(horizon.Ic.High)}.",
                Lines =
                [
                    new PlotLine("IC", "p0", times, Values(factor.Series.Ic[h])),
                    new PlotLine($"mean of {factor.Series.Window}", "s1", times, Values(factor.Series.RollingIc[h])),
                ],
                Unit = PlotUnit.Ratio,
                Up = "correlation",
                Height = 170,
                Baseline = 0,
                Group = "study",
                Ticks = 4,
                Intraday = times.Any(t => t % TimeSpan.TicksPerDay != 0),
            }.Write(html);
        }
        html.Raw("<div class=\"pair\">");
        Histogram(html, study, factor);
        Decay(html, factor);
        html.Raw("</div>\n");
    }

    private static void Histogram(HtmlWriter html, FactorStudyResults study, StudiedFactor factor)
    {
        var first = factor.Horizons[0];
        new BarPlot
        {
            Title = $"IC over {Counted.Of(study.Horizons[0], "bar")} by size",
            Description = $"{Counted.Of(first.Ic.Dates, "date")}; the deviation is "
                + $"{NumberText.Ratio(first.Ic.Deviation ?? double.NaN, 3)}.",
            Bars = [.. factor.Histogram.Select(b => new PlotBar(b.From, b.To, b.Count, b.To <= 0 ? "loss" : "gain",
                $"{NumberText.SignedRatio(b.From, 3)} to {NumberText.SignedRatio(b.To, 3)}: {Counted.Of(b.Count, "date")}"))],
            Marks = first.Ic.Mean is { } mean ? [new PlotMark(mean, $"mean {NumberText.SignedRatio(mean, 3)}", "")] : [],
            Format = v => NumberText.Ratio(v),
            Across = "information coefficient",
            Up = "dates",
        }.Write(html);
    }

    private static void Decay(HtmlWriter html, StudiedFactor factor)
    {
        if (factor.Decay.Count < 2) return;
        new LinePlot
        {
            Title = "Mean IC by horizon",
            Description = "With its 95% interval.",
            Across = "bars after the value",
            Up = "mean information coefficient",
            At = [.. factor.Decay.Select(d => (double)d.Horizon)],
            Lines =
            [
                new NumberLine("mean", "s1", [.. factor.Decay.Select(d => d.Ic ?? double.NaN)]),
                new NumberLine("95% low", "s4", [.. factor.Decay.Select(d => d.Low ?? double.NaN)]),
                new NumberLine("95% high", "s2", [.. factor.Decay.Select(d => d.High ?? double.NaN)]),
            ],
            Format = v => NumberText.Ratio(v, 3),
            Height = 220,
        }.Write(html);
    }

    public static void Quantiles(HtmlWriter html, FactorStudyResults study, StudiedFactor factor)
    {
        html.Raw("<div class=\"pair\">");
        foreach (var h in factor.Horizons)
            new GroupedBarPlot
            {
                Title = $"Mean return over {Counted.Of(h.Horizon, "bar")}",
                Description = $"The spread is {NumberText.SignedPercent(h.Spread.Mean ?? double.NaN, 3)}.",
                Series = [("less the mean", "b1"), ("return", "b2")],
                Groups = [.. h.Quantiles.Select(q => new BarGroup(Text(q.Quantile), [q.Demeaned ?? double.NaN, q.Return ?? double.NaN]))],
                Format = v => NumberText.Percent(v, 3),
                Up = "percent",
                Across = "quantile, lowest values first",
            }.Write(html);
        html.Raw("</div>\n");
        Growth(html, factor);
        HtmlTable.Open(html, $"Quantiles of {factor.Factor}",
            [new("Horizon"), new("Quantile"), new("Return"), new("Less the mean"), new("Error", Hint: "Newey and West's"),
                new("Spread"), new("95% low"), new("95% high")]);
        foreach (var h in factor.Horizons)
            foreach (var q in h.Quantiles)
            {
                HtmlTable.RowHead(html, Text(h.Horizon));
                HtmlTable.Number(html, Text(q.Quantile));
                HtmlTable.SignedPercent(html, q.Return ?? double.NaN, 3);
                HtmlTable.SignedPercent(html, q.Demeaned ?? double.NaN, 3);
                HtmlTable.Number(html, NumberText.Percent(q.Error ?? double.NaN, 3));
                var spread = q.Quantile == study.Quantiles ? h.Spread : null;
                foreach (var value in (double?[])[spread?.Mean, spread?.Low, spread?.High])
                    HtmlTable.Number(html, spread is null ? "" : NumberText.SignedPercent(value ?? double.NaN, 3));
                HtmlTable.EndRow(html);
            }
        HtmlTable.Close(html);
    }

    private static void Growth(HtmlWriter html, StudiedFactor factor)
    {
        var series = factor.Series!;
        long[] times = [.. series.Times.Select(t => t.Ticks)];
        PlotLine Line(string name, string style, IReadOnlyList<double> growth) => new(name, style, times, [.. growth.Select(g => g - 1)]);
        var last = series.Quantiles.Count - 1;
        new TimePlot
        {
            Title = "Quantiles, compounded",
            Description = "Returns of one bar less the mean of all symbols, chosen again at each bar, without costs.",
            Lines = [.. series.Quantiles.Select((growth, q) =>
                Line($"quantile {q + 1}", StyleOf(q, last), growth))],
            Unit = PlotUnit.Percent,
            Baseline = 0,
            Group = "study",
        }.Write(html);
        new TimePlot
        {
            Title = "Long and short, compounded",
            Description = "The highest quantile less the lowest, and a portfolio that weighs by the value less its mean; without costs.",
            Lines = [Line("highest less lowest", "s1", series.LongShort), Line("weighted by value", "s3", series.Weighted)],
            Unit = PlotUnit.Percent,
            Baseline = 0,
            Group = "study",
            Height = 180,
        }.Write(html);
    }

    // Up to five quantiles differ in colour and in dashes, so that they differ in print too.
    private static string StyleOf(int quantile, int last) => quantile == 0 ? "s2" : quantile == last ? "s1"
        : (last, quantile) switch
        {
            (3, 1) or (4, 1) => "s4",
            (3, 2) or (4, 3) => "s3",
            (2 or 4, _) => "mid",
            _ => "p0",
        };

    public static void Turnover(HtmlWriter html, FactorStudyResults study, StudiedFactor factor)
    {
        var (first, last) = (factor.Horizons[0], factor.Horizons[^1]);
        StudiedHorizon[] shown = first == last ? [first] : [first, last];
        new GroupedBarPlot
        {
            Title = "Symbols that are new in a quantile",
            Description = "Mean share of symbols that were not in the quantile a horizon before.",
            Series = [.. shown.Select((h, i) => ($"after {Counted.Of(h.Horizon, "bar")}", i == 0 ? "b1" : "b2"))],
            Groups = [.. Enumerable.Range(0, study.Quantiles).Select(q => new BarGroup(Text(q + 1),
                [.. shown.Select(h => h.Quantiles[q].Turnover ?? double.NaN)]))],
            Format = v => NumberText.Percent(v, 0),
            Up = "percent",
            Across = "quantile, lowest values first",
        }.Write(html);
        HtmlTable.Open(html, $"Turnover of the quantiles of {factor.Factor}, and autocorrelation of its ranks",
            [new("Horizon"), .. Enumerable.Range(1, study.Quantiles).Select(q => new HtmlColumn($"Quantile {q}")),
                new("Rank autocorrelation", Hint: "Mean correlation of ranks with those a horizon before")]);
        foreach (var h in factor.Horizons)
        {
            HtmlTable.RowHead(html, Text(h.Horizon));
            foreach (var q in h.Quantiles) HtmlTable.Number(html, NumberText.Percent(q.Turnover ?? double.NaN, 1));
            HtmlTable.Number(html, NumberText.SignedRatio(h.RankAutocorrelation ?? double.NaN, 4));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    public static void Groups(HtmlWriter html, FactorStudyResults study, StudiedFactor factor)
    {
        html.Raw("<p>");
        html.Prose($"Within a group a date needs {study.Quantiles} symbols. The intervals are not corrected for the number of groups.");
        html.Raw("</p>\n");
        HtmlTable.Open(html, $"Information coefficient of {factor.Factor} within groups",
            [new("Group", Number: false), new("Horizon"), new("Mean IC"), new("95% low"), new("95% high"), new("Dates"),
                new("Lowest quantile", Hint: "Mean return less the mean"), new("Highest quantile")], sortable: true);
        foreach (var h in factor.Horizons)
            foreach (var g in h.Groups)
            {
                HtmlTable.RowHead(html, g.Group);
                HtmlTable.Number(html, Text(h.Horizon));
                HtmlTable.Number(html, FactorTestsSection.Signed(g.Ic.Mean));
                HtmlTable.Number(html, FactorTestsSection.Signed(g.Ic.Low));
                HtmlTable.Number(html, FactorTestsSection.Signed(g.Ic.High));
                HtmlTable.Number(html, NumberText.Count(g.Ic.Dates));
                HtmlTable.SignedPercent(html, g.Quantiles[0] ?? double.NaN, 3);
                HtmlTable.SignedPercent(html, g.Quantiles[^1] ?? double.NaN, 3);
                HtmlTable.EndRow(html);
            }
        HtmlTable.Close(html);
    }

    private static double[] Values(IReadOnlyList<double?> values) => [.. values.Select(v => v ?? double.NaN)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
