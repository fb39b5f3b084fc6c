using System.Globalization;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// Results of a run's models, all out of sample: trades with and without them, training windows, calibration of their probabilities,
/// importance of features, and the gap between their in-sample and out-of-sample scores.
/// </summary>
internal sealed class LearningSection(LearningReport report) : IReportSection<RunView>
{
    // The page draws only the first models; learning.json has all.
    private const int MostDrawn = 12, MostFeatures = 15, MostLines = 4;

    // Same value as in the style sheet.
    private const int MostPrinted = 3;

    public string Id => "learning";

    public string Title => "Models out of sample";

    public bool Applies(RunView view) => report.Units.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var (problems, units) = (report.Problems, report.Units);
        if (problems.Count > 0)
        {
            html.Raw("<ul class=\"loss\">");
            foreach (var problem in problems.Take(50)) html.Write($"<li><strong>{problem}</strong></li>");
            if (problems.Count > 50) html.Write($"<li>and {NumberText.Count(problems.Count - 50)} more, in learning.json</li>");
            html.Raw("</ul>\n");
        }
        Curve(html, report.Equity, "All judged strategies");
        Overview(html, units);
        if (report.Risk is { } risk) Risk(html, risk);
        if (units.Count > MostPrinted) html.Write($"<p class=\"note onlyprint\">Printed are the first {MostPrinted} models.</p>\n");
        foreach (var unit in units.Where(u => u.Error is null).Take(MostDrawn)) Unit(html, unit);
        if (units.Count > MostDrawn) html.Write($"<p class=\"note\">The "
            + $"first {MostDrawn} models are drawn; learning.json has all {NumberText.Count(units.Count)}.</p>\n");
    }

    private static void Overview(HtmlWriter html, IReadOnlyList<LearningUnit> units)
    {
        HtmlTable.Open(html, "Models", [new("Model", Number: false), new("Trainer", Number: false),
            new("Label", Number: false), new("Applied as", Number: false),
            new("Samples"), new("Windows"), new("Out of sample"), new("In sample"),
            new("Train–test gap", Hint: "In sample minus out of sample: how much of it is memory")], sortable: true);
        foreach (var unit in units)
        {
            html.Write($"<tr><th scope=\"row\" class=\"model\"><b>{Section(unit)}</b><span>");
            html.Name(unit.Data);
            html.Raw("</span></th>");
            foreach (var field in new[] { unit.Trainer, unit.Label, unit.Rule }) HtmlTable.Text(html, field);
            HtmlTable.Number(html, NumberText.Count(unit.Samples));
            HtmlTable.Number(html, NumberText.Count(unit.Windows.Count));
            HtmlTable.Number(html, Figure(unit.OutOfSample));
            HtmlTable.Number(html, Figure(unit.InSample));
            var gap = unit.TrainTestGap ?? double.NaN;
            HtmlTable.Number(html, double.IsNaN(gap) ? NumberText.Undefined : NumberText.Ratio(gap, 3), gap > 0.1 ? "loss" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Risk(HtmlWriter html, RiskWorth risk)
    {
        HtmlTable.Open(html, $"The portfolio with the cap by a predicted drawdown and without, from {Day(risk.From)} on",
            [new("Portfolio", Number: false), new("Return"), new("Deepest drawdown"),
                new("Mean exposure", Hint: "Longs plus shorts at the bars' closes, of the equity")]);
        foreach (var (name, figures) in new[] { ("with the cap", risk.With), ("without", risk.Without) })
        {
            HtmlTable.RowHead(html, name);
            HtmlTable.SignedPercent(html, figures.Return);
            HtmlTable.Number(html, NumberText.Percent(figures.MaxDrawdown, 1));
            HtmlTable.Number(html, NumberText.Percent(figures.MeanExposure, 1));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Write($"<p class=\"note\">The cap was asked about {NumberText.Count(risk.Asked)} entries and knew a drawdown for "
            + $"{NumberText.Count(risk.Judged)}: it made {NumberText.Count(risk.Cut)} smaller and refused "
            + $"{NumberText.Count(risk.Refused)}.</p>\n");
    }

    private static void Unit(HtmlWriter html, LearningUnit unit)
    {
        Head(html, unit);
        Limits(html, unit.Limits);
        Curve(html, unit.Equity, $"{Section(unit)} · {unit.Data}");
        if (unit.Strategies.Count > 0)
        {
            HtmlTable.Open(html, "Trades that the model judged, summed returns on notional",
                [new("Strategy", Number: false), new("Trades"), new("Taken"), new("Without"), new("With"), new("Wins without"),
                    new("Wins with")], sortable: true);
            foreach (var e in unit.Strategies.Take(200))
            {
                HtmlTable.RowHead(html, e.Strategy);
                HtmlTable.Number(html, NumberText.Count(e.Trades));
                HtmlTable.Number(html, NumberText.Count(e.Taken));
                HtmlTable.SignedPercent(html, e.ReturnWithout);
                HtmlTable.SignedPercent(html, e.ReturnWith);
                HtmlTable.Number(html, NumberText.Percent(e.WinRateWithout, 1));
                HtmlTable.Number(html, NumberText.Percent(e.WinRateWith ?? double.NaN, 1));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        HtmlTable.Open(html, "Walk-forward windows",
            [new("Tested", Number: false), new("Trained on", Number: false), new("Training samples"), new("Test samples"),
                new("Out of sample"), new("In sample")]);
        foreach (var w in unit.Windows)
        {
            HtmlTable.RowHead(html, $"{Day(w.TestFrom)} to {Day(w.TestTo)}");
            HtmlTable.Text(html, $"{Day(w.TrainFrom)} to {Day(w.TrainTo)}");
            HtmlTable.Number(html, NumberText.Count(w.TrainSamples));
            HtmlTable.Number(html, NumberText.Count(w.TestSamples));
            HtmlTable.Number(html, Figure(w.OutOfSample));
            HtmlTable.Number(html, Figure(w.InSample));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        Calibration(html, unit.Calibration);
        LossChanges(html, unit);
        var features = unit.Importance;
        if (features.Count > 0)
        {
            var gains = features.Any(f => f.Gain is { } gain && !double.IsNaN(gain));
            HtmlTable.Open(html, features.Count > MostFeatures ? $"Features, the first {MostFeatures} of {features.Count}" : "Features",
                [new("Feature", Number: false), new("Permutation", Hint: "Fall of the out-of-sample figure when the feature is shuffled"),
                    .. gains ? new[] { new HtmlColumn("Gain", Hint: "Share of the training loss that its splits took") } : []],
                    sortable: true);
            foreach (var f in features.Take(MostFeatures))
            {
                HtmlTable.RowHead(html, f.Feature);
                HtmlTable.Number(html, NumberText.SignedRatio(f.Permutation, 4));
                if (gains) HtmlTable.Number(html, NumberText.Percent(f.Gain ?? double.NaN, 1));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        ImportanceOverTime(html, unit);
        html.Raw("</details>\n");
    }

    private static void Limits(HtmlWriter html, IReadOnlyList<string> limits)
    {
        if (limits.Count == 0) return;
        html.Raw("<p class=\"note\">Limits of use</p>\n<ul>");
        foreach (var limit in limits) html.Write($"<li>{limit}</li>");
        html.Raw("</ul>\n");
    }

    // The most important features over all windows.
    private static void ImportanceOverTime(HtmlWriter html, LearningUnit unit)
    {
        var windows = unit.Windows.Where(w => w.Importance.Count > 0).ToList();
        if (windows.Count < 2) return;
        var features = unit.Importance.Take(MostLines).Select(i => i.Feature).ToList();
        long[] times = [.. windows.Select(w => w.TestTo.Ticks)];
        new TimePlot
        {
            Title = $"{Section(unit)} · {unit.Data}: importance of features by window",
            Description = "Fall of the out-of-sample figure of each test window when a feature is shuffled, at the window's end.",
            Lines = [.. features.Select((f, i) => new PlotLine(f, $"s{i + 1}", times,
                [.. windows.Select(w => w.Importance.GetValueOrDefault(f, double.NaN))]))],
            Unit = PlotUnit.Ratio,
            Up = "fall of the figure",
            Baseline = 0,
        }.Write(html);
    }

    private static void Head(HtmlWriter html, LearningUnit unit)
    {
        html.Write($"<details><summary>{Section(unit)} · ");
        html.Name(unit.Data);
        html.Raw("</summary>\n");
        if (unit.Version is not { } version) return;
        html.Raw("<p class=\"note\">In the registry: ");
        html.Name(version);
        html.Raw("</p>\n");
    }

    // The name in the batch file; the registry's name also contains the data and a hash.
    private static string Section(LearningUnit unit) => unit.Section.Length > 0 ? unit.Section : unit.Name;

    private static void Calibration(HtmlWriter html, IReadOnlyList<CalibrationRow> bins)
    {
        if (bins.Count == 0) return;
        HtmlTable.Open(html, "Calibration: what was given this probability came so often",
            [new("Probability", Number: false), new("Samples"), new("Mean given"), new("Came")]);
        foreach (var b in bins)
        {
            HtmlTable.RowHead(html, $"{NumberText.Percent(b.From, 0)} to {NumberText.Percent(b.To, 0)}");
            HtmlTable.Number(html, NumberText.Count(b.Count));
            HtmlTable.Number(html, NumberText.Percent(b.Predicted, 1));
            HtmlTable.Number(html, NumberText.Percent(b.Observed, 1));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void LossChanges(HtmlWriter html, LearningUnit unit)
    {
        if (unit.Watched == 0) return;
        if (unit.LossChanges.Count == 0)
        {
            html.Write($"<p class=\"note\">The mean squared error did not change in {NumberText.Count(unit.Watched)} predictions without "
                + $"overlap (ADWIN).</p>\n");
            return;
        }
        HtmlTable.Open(html, $"Changes of the mean squared error in {NumberText.Count(unit.Watched)} predictions without overlap (ADWIN)",
            [new("Noticed", Number: false), new("Since", Number: false), new("Before"), new("After")]);
        foreach (var change in unit.LossChanges)
        {
            HtmlTable.RowHead(html, Day(change.Noticed));
            HtmlTable.Text(html, Day(change.Since));
            HtmlTable.Number(html, NumberText.Ratio(change.Before, 4));
            HtmlTable.Number(html, NumberText.Ratio(change.After, 4), change.After > change.Before ? "loss" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Curve(HtmlWriter html, IReadOnlyList<ModelEquityPoint> points, string of)
    {
        if (points.Count < 2) return;
        long[] times = [.. points.Select(p => p.Time.Ticks)];
        double[] with = [.. points.Select(p => p.With)], without = [.. points.Select(p => p.Without)];
        new TimePlot
        {
            Title = $"{of}: summed returns of out-of-sample trades",
            Description = $"With the model {NumberText.SignedPercent(with[^1])}, without {NumberText.SignedPercent(without[^1])}, each "
                + $"trade by its return on notional net of commission.",
            Lines = [new PlotLine("with the model", "s1", times, with), new PlotLine("without", "s2", times, without)],
            Unit = PlotUnit.Percent,
            Up = "percent of notional, summed",
            Baseline = 0,
        }.Write(html);
    }

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // "AUC 0.531" or "R² 0.02": the figure for comparing models.
    private static string Figure(IReadOnlyDictionary<string, double> figures) =>
        figures.TryGetValue("auc", out var auc) && !double.IsNaN(auc) ? $"AUC {NumberText.Ratio(auc, 3)}"
        : figures.TryGetValue("r2", out var r2) && !double.IsNaN(r2) ? $"R² {NumberText.Ratio(r2, 3)}" : NumberText.Undefined;
}
