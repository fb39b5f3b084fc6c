using System.Globalization;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// Learned weights of a policy: weights over time with the regimes, the policy's results against the baselines on unseen windows, and the
/// training curves.
/// </summary>
/// <param name="regimes">The regimes; null if the batch declares none.</param>
internal sealed class AllocatorSection(AllocatorResults results, RegimeResults? regimes) : IReportSection<RunView>
{
    // Colours h0 … h6 of the style sheet; further strategies share one.
    private const int Drawn = 7, MostMarkets = 3;

    public string Id => "learned-weights";

    public string Title => "Weights learned by PPO";

    public bool Applies(RunView view) => results.Windows.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var last = results.Windows[^1];
        html.Write($"<p>A policy was trained on each of {Counted.Of(results.Windows.Count, "window")} with "
            + $"{Counted.Of(last.Seeds.Count, "seed")}; the seed with the best validation then decided the weights until the next "
            + $"window. ");
        html.Write($"The weights are {(results.Promoted ? "promoted" : "not promoted")}: the lower bound of every probability of "
            + $"improvement, also with doubled costs, has to be above 0.50, and the lowest is {NumberText.Ratio(Lowest(), 2)}.</p>\n");
        Weights(html, view);
        Methods(html);
        Improvement(html);
        Windows(html);
        Curves(html);
    }

    private double Lowest() => results.Improvement.Concat(results.ImprovementStressed).Min(i => i.Low);

    private void Weights(HtmlWriter html, RunView view)
    {
        var rows = results.Weights;
        if (rows.Time.Count < 2) return;
        long[] times = [.. rows.Time];
        int[] order = [.. Enumerable.Range(0, rows.Strategies.Count).OrderByDescending(s => rows.Values.Sum(v => v[s])).ThenBy(s => s)];
        double[] Of(IEnumerable<int> strategies) => [.. rows.Values.Select(v => strategies.Sum(s => v[s]))];
        var lines = order.Take(Drawn).Select((s, k) => new PlotLine(rows.Strategies[s], $"h{k}", times, Of([s]), Area: true)).ToList();
        if (order.Length > Drawn)
            lines.Add(new PlotLine(Counted.Of(order.Length - Drawn, "other"), "h7", times, Of(order.Skip(Drawn)), Area: true));
        var span = new TimeAxis(times[0], times[^1]);
        new TimePlot
        {
            Title = "Weights over time",
            Description = $"The rest to 100% is cash. The largest on average is {rows.Strategies[order[0]]} with "
                + $"{NumberText.Percent(rows.Values.Average(v => v[order[0]]), 1)}.",
            Lines = lines,
            Stacked = true,
            Unit = PlotUnit.Percent,
            Up = "percent of the portfolio",
            Height = 210,
            Baseline = 0,
            Span = span,
            TimeLabels = regimes is not { Charts.Count: > 0 },
            Intraday = view.Intraday,
        }.Write(html);
        foreach (var chart in regimes?.Charts.Take(MostMarkets) ?? []) Bands(html, chart, span);
        html.Raw("<p class=\"note\">Equity and drawdown of these weights are those of the portfolio above; weights.csv has every "
            + "decision.</p>\n");
    }

    // The states at the times of the weights, so that the bands are aligned with them.
    private static void Bands(HtmlWriter html, RegimeChart chart, TimeAxis span)
    {
        int[] at = [.. Enumerable.Range(0, chart.Time.Length).Where(i => chart.Time[i] >= span.From && chart.Time[i] <= span.To)];
        if (at.Length < 2) return;
        // Same time axis as the weights: the first and last state extend to its ends.
        long[] times = [span.From, .. at.Select(i => chart.Time[i]), span.To];
        int[] States(int[] states) => [states[Math.Max(0, at[0] - 1)], .. at.Select(i => states[i]), states[at[^1]]];
        StateStrip.Write(html, $"{chart.Symbol}, states", times,
            [.. chart.Machines.Select(m => new StateRow(m.Name, [.. m.Names], States(m.States)))]);
    }

    private void Methods(HtmlWriter html)
    {
        HtmlTable.Open(html, "Log growth of the windows that no policy had seen",
            [new("Method", Number: false), new("Interquartile mean", Hint: "Over all windows and seeds"), new("Low 95 %"),
                new("High 95 %")]);
        foreach (var growth in results.Growth)
        {
            HtmlTable.RowHead(html, growth.Method);
            HtmlTable.SignedPercent(html, growth.Value, 2);
            HtmlTable.SignedPercent(html, growth.Low, 2);
            HtmlTable.SignedPercent(html, growth.High, 2);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private void Improvement(HtmlWriter html)
    {
        HtmlTable.Open(html, "Probability that the policy does better",
            [new("Than", Number: false), new("Probability", Hint: "Share of the pairs of a seed and the baseline, mean of the windows"),
                new("Low 95 %"), new("High 95 %"),
                new("With doubled costs", Hint: "Every cost doubled and every order one bar later"), new("Low 95 %"), new("High 95 %")]);
        foreach (var (plain, stressed) in results.Improvement.Zip(results.ImprovementStressed))
        {
            HtmlTable.RowHead(html, plain.Baseline);
            foreach (var i in (BaselineImprovement[])[plain, stressed])
            {
                HtmlTable.Number(html, NumberText.Ratio(i.Value, 2));
                HtmlTable.Number(html, NumberText.Ratio(i.Low, 2), i.Low > 0.5 ? "" : "loss");
                HtmlTable.Number(html, NumberText.Ratio(i.High, 2));
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private void Windows(HtmlWriter html)
    {
        HtmlTable.Open(html, "Windows",
            [new("Decides from", Number: false), new("Trained from", Number: false), new("Validated from", Number: false),
                new("Strategies"), new("Seed", Hint: "With the highest validation"), new("Validation", Hint: "Log growth"),
                new("Test", Hint: "Log growth of the chosen seed"), new("With doubled costs"), new("Version", Number: false)]);
        foreach (var window in results.Windows)
        {
            var seed = window.Seeds.First(s => s.Seed == window.ChosenSeed);
            HtmlTable.RowHead(html, RunText.Time(window.From)[..10]);
            HtmlTable.Text(html, RunText.Time(window.TrainedFrom)[..10]);
            HtmlTable.Text(html, RunText.Time(window.ValidatedFrom)[..10]);
            HtmlTable.Number(html, NumberText.Count(window.Strategies.Count));
            HtmlTable.Number(html, window.ChosenSeed.ToString(CultureInfo.InvariantCulture));
            foreach (var growth in (double[])[seed.Validation, seed.Test, seed.Stressed]) HtmlTable.SignedPercent(html, growth, 2);
            HtmlTable.Text(html, window.Version ?? "not registered");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    // The curve of the selected seed and the mean of all seeds.
    private void Curves(HtmlWriter html)
    {
        var chosen = results.Curves.FirstOrDefault(c => c.Seed == results.Windows[^1].ChosenSeed)?.Points ?? [];
        if (chosen.Count < 2) return;
        void Plot(string name, string what, Func<TrainingPoint, double> of)
        {
            // Updates in which no episode ends have no reward.
            int[] at = [.. Enumerable.Range(0, chosen.Count).Where(i => results.Curves.All(c => double.IsFinite(of(c.Points[i]))))];
            if (at.Length < 2) return;
            double[] own = [.. at.Select(i => of(chosen[i]))];
            double[] mean = [.. at.Select(i => results.Curves.Average(c => of(c.Points[i])))];
            new LinePlot
            {
                Title = $"Training of the last window: {name}",
                Description = $"{what} From {NumberText.Compact(Math.Round(own[0], 6))} to "
                    + $"{NumberText.Compact(Math.Round(own[^1], 6))} for the chosen seed.",
                Across = "Steps",
                Up = name,
                At = [.. at.Select(i => (double)chosen[i].Steps)],
                Lines = results.Curves.Count > 1
                    ? [new NumberLine("chosen seed", "s1", own), new NumberLine("mean of all seeds", "s2", mean)]
                    : [new NumberLine("chosen seed", "s1", own)],
                Format = v => NumberText.Compact(Math.Round(v, 6)),
            }.Write(html);
        }

        Plot("reward", "Mean sum of rewards of the episodes that ended.", p => p.Reward);
        Plot("entropy", "Of the policy: how random its actions are.", p => p.Entropy);
        Plot("KL divergence", "How far an update moved the policy.", p => p.Kl);
        Plot("clip fraction", "Share of the samples whose ratio was beyond the clip.", p => p.ClipFraction);
        Plot("explained variance", "How much of the returns the value network knows.", p => p.ExplainedVariance);
    }
}
