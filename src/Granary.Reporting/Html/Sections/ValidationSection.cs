using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Summary of the validation checks in plain words, with their figures.</summary>
internal sealed class ValidationSection(ValidationFigures? figures, ValidationChecks? checks) : IReportSection<RunView>
{
    private const int MostRows = 100;

    private static readonly (string Check, string Title)[] _titles =
    [
        (ValidationChecks.OutOfSample, "On bars that the choice had not seen"),
        (ValidationChecks.DeflatedSharpe, "Sharpe ratio, deflated by all trials"),
        (ValidationChecks.Overfitting, "Probability of overfitting"), (ValidationChecks.Causality, "Look-ahead"),
        (ValidationChecks.CostStress, "Double costs, one bar later"), (ValidationChecks.Benchmark, "Better than the benchmark"),
        (ValidationChecks.Universe, "Universe"), (ValidationChecks.Costs, "Costs"),
    ];

    public string Id => "validation";

    public string Title => "How far this can be believed";

    public bool Applies(RunView view) => checks is not null || figures is { Conclusions.Count: > 0 };

    public void Write(HtmlWriter html, RunView view)
    {
        string[] conclusions = [.. (figures?.Conclusions ?? []).Select(NumberText.Typeset)];
        Lead(html, conclusions.Length > 0 ? conclusions[0] : Carried());
        if (conclusions.Length > 1)
        {
            html.Write($"<details><summary>The reasons, in {Counted.Of(conclusions.Length - 1, "sentence")}</summary><ul "
                + $"class=\"reasons\">");
            foreach (var sentence in conclusions.Skip(1))
            {
                html.Raw("<li>");
                html.Prose(sentence);
                html.Raw("</li>");
            }
            html.Raw("</ul></details>\n");
        }
        if (checks is not null) Checks(html, checks);
        if (figures is null) return;
        LookAhead(html, figures.LookAhead ?? []);
        Logits(html, figures.Logits ?? []);
        HtmlTable.Pairs(html, "Figures", Figures(figures));
    }

    private static void Checks(HtmlWriter html, ValidationChecks checks)
    {
        HtmlTable.Open(html, "The validation checks; live trades a configuration only where all have passed",
            [new("Check", Number: false), new("Outcome", Number: false), new("What was found", Number: false)]);
        foreach (var (name, title) in _titles)
        {
            if (!checks.Shown.Contains(name)) continue;
            var check = checks[name];
            var (state, style) = check.State switch
            {
                ValidationState.Passed => ("passed", "gain"),
                ValidationState.Failed => ("failed", "loss"),
                ValidationState.Missing => ("missing", ""),
            };
            HtmlTable.RowHead(html, title);
            // A stated finding neither passes nor fails.
            if (check.Word is { } word) (state, style) = (word, "");
            html.Write($"<td class=\"{style}\">{state}</td>");
            HtmlTable.Text(html, NumberText.Typeset(check.Sentence));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void LookAhead(HtmlWriter html, IReadOnlyList<LookAheadRow> looked)
    {
        if (looked.Count == 0) return;
        HtmlTable.Open(html, "Strategies that acted on the future",
            [new("Strategy", Number: false), new("What it did", Number: false), new("Bars changed from", Number: false)]);
        foreach (var found in looked.Take(MostRows))
        {
            HtmlTable.RowHead(html, found.Strategy);
            HtmlTable.Text(html, found.Sentence);
            HtmlTable.Text(html, RunText.Time(found.Cut));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Logits(HtmlWriter html, int[] logits)
    {
        if (logits.Sum() == 0) return;
        var width = 12.0 / logits.Length;
        new BarPlot
        {
            Title = "Where the best of one half of the record stood on the other half",
            Description = $"Logit of its rank among all strategies over {NumberText.Count(logits.Sum())} ways of halving the "
                + $"record; left of 0 it fell into the worse half.",
            Bars = [.. logits.Select((n, i) => new PlotBar(-6 + i * width, -6 + (i + 1) * width, n, -6 + (i + 0.5) * width < 0 ? "loss"
                : "gain", $"{NumberText.Count(n)} ways"))],
            Marks = [new PlotMark(0, "the median", "")],
            Format = v => NumberText.Ratio(v, 0),
            Across = "Logit of the rank",
            Up = "ways of halving",
        }.Write(html);
    }

    private static void Lead(HtmlWriter html, string sentence)
    {
        html.Raw("<p class=\"lead verdict\">");
        html.Prose(sentence);
        html.Raw("</p>\n");
    }

    // A live session makes no checks; it shows those of its configuration.
    private string Carried() => checks?.Decide() is not { } verdict ? "" : verdict.MayBeTraded
        ? $"The configuration that was traded passed all {verdict.Checks} checks of the backtest that it comes from."
        : $"The configuration was traded all the same (--without-evidence): {verdict.Reasons.Count} of {verdict.Checks} checks of the "
            + "backtest that it comes from did not pass.";

    private static IEnumerable<(string, string, string, string?)> Figures(ValidationFigures figures)
    {
        static string Ratio(double? value, int digits = 3) =>
            value is { } v && double.IsFinite(v) ? NumberText.Ratio(v, digits) : NumberText.Undefined;
        static string Count(double? value) =>
            value is { } v && double.IsFinite(v) ? NumberText.Count((long)Math.Ceiling(v)) : NumberText.Undefined;
        var unit = figures.Period ?? "";
        yield return ("Trials on these bars", Count(figures.Trials), "",
            "Different combinations that were ever run on them, over all batches");
        yield return ("of which new", Count(figures.NewTrials), "", null);
        yield return ("Effective number of trials", Ratio(figures.EffectiveTrials,
            1), "", "Independent trials that they amount to: similar ones are counted together, by clusters of their returns (López de "
                + "Prado 2018)");
        yield return ($"Sharpe ratio per period ({unit})", Ratio(figures.Sharpe), "",
            "Mean over deviation of the portfolio's returns, not annualised");
        yield return ("Expected of the best worthless trial", Ratio(figures.ExpectedMaximum), "",
            "√V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))), V = 1/(n − 1), n the periods, N the effective number of trials (Bailey and "
                + "López de Prado 2014)");
        if (figures.WinnersOfNothing > 0)
            yield return ("Expected of the choice among worthless trials", Ratio(figures.WinnersOfNothing), "",
                "√V · Σ w·e·σ / σ_P over the strategies, e = √(2/π) for a winner; see luckBar in the formulas");
        yield return ("Luck bar, a year", Ratio(figures.LuckBar, 2), "", "The larger of these as a Sharpe ratio of a year");
        yield return ("Deflated Sharpe ratio", Ratio(figures.DeflatedSharpe), "",
            "The probability that the true Sharpe ratio exceeds the luck bar");
        yield return ("The same, all trials independent", Ratio(figures.RawDeflatedSharpe), "",
            "N the number of trials, V the variance of their Sharpe ratios; for comparison, no check depends on it");
        yield return ($"Least record, {unit}", Count(figures.MinimumTrackRecord), "",
            "To tell the Sharpe ratio from zero at 95% (Bailey and López de Prado 2012)");
        yield return ("Probability of overfitting", Ratio(figures.ProbabilityOfOverfitting), "",
            "Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu 2017)");
        yield return ("Probability that the choice loses", Ratio(figures.ProbabilityOfLoss), "",
            "Share of the halvings in which the best of one half loses on the other");
        yield return ("White's reality check, p", Ratio(figures.RealityCheck), "",
            "White 2000, studentised, by stationary bootstrap; p = (b + 1)/(B + 1)");
        yield return ("Mean block of the bootstrap, periods", Ratio(figures.MeanBlock,
            1), "", "Chosen from the data (Politis and White 2004; Patton, Politis and White 2009)");
        yield return ("Superior predictive ability, p", Ratio(figures.SuperiorPredictiveAbility), "",
            "Hansen 2005, consistent, by the same resamples");
    }
}
