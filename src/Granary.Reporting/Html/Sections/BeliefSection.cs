using System.Text.Json;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// How far the results can be believed, in plain words, with the checks behind it. Reads the run's sections "guards" and "evidence".
/// </summary>
internal sealed class BeliefSection(string? checks, string? evidence) : IReportSection<RunView>
{
    public const string Validation = "guards", Evidence = "evidence";

    private static readonly (string Check, string Title)[] _titles =
    [
        ("outOfSample", "On bars that the choice had not seen"), ("deflatedSharpe", "Sharpe ratio, deflated by all trials"),
        ("probabilityOfOverfitting", "Probability of overfitting"),
        ("causality", "Look-ahead"), ("costStress", "Double costs, one bar later"), ("betterThanBenchmark", "Better than the benchmark"),
    ];

    private readonly JsonElement _checks = SectionJson.Parse(checks ?? "{}");
    private readonly JsonElement? _evidence = evidence is null ? null : SectionJson.Parse(evidence);

    public string Id => "belief";

    public string Title => "How far this can be believed";

    public bool Applies(RunView view) => _evidence is not null || SectionJson.Items(_checks, "conclusions").Any();

    /// <summary>How many of the checks passed, and how many there are.</summary>
    public static (int Passed, int All) Count(string evidence)
    {
        var states = SectionJson.Parse(evidence).EnumerateObject().Select(c => SectionJson.Text(c.Value, "state")).ToArray();
        return (states.Count(s => s == "passed"), states.Length);
    }

    public void Write(HtmlWriter html, RunView view)
    {
        var conclusions = SectionJson.Items(_checks, "conclusions").Select(c => NumberText.Typeset(c.GetString()!)).ToArray();
        Lead(html, conclusions.Length > 0 ? conclusions[0] : Carried());
        if (conclusions.Length > 1)
        {
            html.Write($"<details><summary>The reasons, in {NumberText.Count(conclusions.Length - 1)} sentences</summary><ul "
                + $"class=\"belief\">");
            foreach (var sentence in conclusions.Skip(1))
            {
                html.Raw("<li>");
                html.Prose(sentence);
                html.Raw("</li>");
            }
            html.Raw("</ul></details>\n");
        }
        if (_evidence is { } e)
        {
            HtmlTable.Open(html, "The validation checks; live trades a configuration only where all have passed",
                [new("Check", Number: false), new("Outcome", Number: false), new("What was found", Number: false)]);
            foreach (var (check, title) in _titles)
            {
                if (!e.TryGetProperty(check, out var finding)) continue;
                var state = SectionJson.Text(finding, "state");
                HtmlTable.RowHead(html, title);
                html.Write($"<td class=\"{(state == "passed" ? "gain" : state == "failed" ? "loss" : "")}\">{state}</td>");
                HtmlTable.Text(html, NumberText.Typeset(SectionJson.Text(finding, "sentence")));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        var looked = SectionJson.Items(_checks, "lookAhead").ToArray();
        if (looked.Length > 0)
        {
            HtmlTable.Open(html, "Strategies that acted on the future",
                [new("Strategy", Number: false), new("What it did", Number: false), new("Bars changed from", Number: false)]);
            foreach (var found in looked.Take(100))
            {
                HtmlTable.RowHead(html, SectionJson.Text(found, "strategy"));
                HtmlTable.Text(html, SectionJson.Text(found, "sentence"));
                HtmlTable.Text(html, SectionJson.Text(found, "cut"));
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }
        var logits = SectionJson.Numbers(_checks, "logits");
        if (logits.Sum() > 0)
        {
            var width = 12.0 / logits.Length;
            new BarPlot
            {
                Title = "Where the best of one half of the record stood on the other half",
                Description = $"Logit of its rank among all strategies over {NumberText.Count((long)logits.Sum())} ways of halving the "
                    + $"record; left of 0 it fell into the worse half.",
                Bars = [.. logits.Select((n, i) => new PlotBar(-6 + i * width, -6 + (i + 1) * width, n, -6 + (i + 0.5) * width < 0 ? "loss"
                    : "gain", $"{NumberText.Count((long)n)} ways"))],
                Marks = [new PlotMark(0, "the median", "")],
                Format = v => NumberText.Ratio(v, 0),
                Across = "Logit of the rank",
                Up = "ways of halving",
            }.Write(html);
        }
        if (checks is not null) HtmlTable.Pairs(html, "Figures", Figures());
    }

    private static void Lead(HtmlWriter html, string sentence)
    {
        html.Raw("<p class=\"lead verdict\">");
        html.Prose(sentence);
        html.Raw("</p>\n");
    }

    // A live session does not judge: it was started on the checks of its configuration.
    private string Carried() => evidence is null ? "" : Count(evidence) is var (passed, all) && passed == all
        ? $"The configuration that was traded passed all {all} checks of the backtest that it comes from."
        : $"The configuration was traded all the same (--without-evidence): {all - passed} of {all} checks of the backtest that it comes "
            + $"from did not pass.";

    private IEnumerable<(string, string, string, string?)> Figures()
    {
        string Ratio(string name, int digits = 3) =>
            SectionJson.Value(_checks, name) is var v && double.IsFinite(v) ? NumberText.Ratio(v, digits) : NumberText.Undefined;
        string Count(string name) => SectionJson.Value(_checks, name) is var v && double.IsFinite(v)
            ? NumberText.Count((long)Math.Ceiling(v)) : NumberText.Undefined;
        var unit = SectionJson.Text(_checks, "period");
        yield return ("Trials on these bars", Count("trials"), "", "Different combinations that were ever run on them, over all batches");
        yield return ("of which new", Count("newTrials"), "", null);
        yield return ("Effective number of trials", Ratio("effectiveTrials",
            1), "", "Independent trials that they amount to: similar ones are counted together, by clusters of their returns (López de "
                + "Prado 2018)");
        yield return ($"Sharpe ratio per period ({unit})", Ratio("sharpe"), "",
            "Mean over deviation of the portfolio's returns, not annualised");
        yield return ("Expected of the best worthless trial", Ratio("expectedMaximum"), "",
            "√V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))), V = 1/(n − 1), n the periods, N the effective number of trials (Bailey and "
                + "López de Prado 2014)");
        if (SectionJson.Value(_checks, "winnersOfNothing") > 0)
            yield return ("Expected of the winners among worthless trials", Ratio("winnersOfNothing"), "",
                "The mean over bootstrap samples of the strategies' returns without their means");
        yield return ("Deflated Sharpe ratio", Ratio("deflatedSharpe"), "",
            "The probability that the true Sharpe ratio exceeds the larger of these");
        yield return ("The same, all trials independent", Ratio("rawDeflatedSharpe"), "",
            "N the number of trials, V the variance of their Sharpe ratios; for comparison, no check depends on it");
        yield return ($"Least record, {unit}", Count("minimumTrackRecord"), "",
            "To tell the Sharpe ratio from zero at 95% (Bailey and López de Prado 2012)");
        yield return ("Probability of overfitting", Ratio("probabilityOfOverfitting"), "",
            "Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu 2017)");
        yield return ("Probability that the choice loses", Ratio("probabilityOfLoss"), "",
            "Share of the halvings in which the best of one half loses on the other");
        yield return ("White's reality check, p", Ratio("realityCheck"), "",
            "White 2000, studentised, by stationary bootstrap; p = (b + 1)/(B + 1)");
        yield return ("Mean block of the bootstrap, periods", Ratio("meanBlock",
            1), "", "Chosen from the data (Politis and White 2004; Patton, Politis and White 2009)");
        yield return ("Superior predictive ability, p", Ratio("superiorPredictiveAbility"), "",
            "Hansen 2005, consistent, by the same resamples");
    }
}
