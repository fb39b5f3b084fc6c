using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The sentences of the verdict, on the page and in results.json: they say the figures of the section guards, which the tests of
/// validation figures recompute.</summary>
internal sealed class ValidationSentences(PageCheck check, RunFigures run, JsonElement section)
{
    private static readonly double Annual = Math.Sqrt(365.25 / 7);

    private readonly JsonElement _checks = run.Files.Results.GetProperty("evidence");

    public void Check()
    {
        var conclusions = section.GetProperty("conclusions").EnumerateArray().Select(c => c.GetString()!).ToList();
        var differences = new List<string>();
        var sentences = new SentenceCheck(conclusions, differences);
        foreach (var says in new[] { sentences, check.Sentences }) Say(says);
        foreach (var left in differences.Concat(sentences.Unchecked.Select(s => "nothing recomputes the conclusion: " + s)))
            check.Text("results.json", left, "");
        check.Sentences.Says("The reasons, in {} sentences", conclusions.Count - 1);
        if (section.TryGetProperty("logits", out var logits))
        {
            List<double> counts = [.. logits.EnumerateArray().Select(c => c.GetDouble())];
            check.Sentences.Says("Logit of its rank among all strategies over {} ways of halving the record; "
                + "left of 0 it fell into the worse half.",
                counts.Sum());
            counts.RemoveAll(c => c == 0);
            check.Bars("Where the best of one half of the record stood", [.. counts.Select(_ => "")], counts);
        }
    }

    private double G(string key) => section.GetProperty(key) is { ValueKind: JsonValueKind.Number } v ? v.GetDouble() : double.NaN;

    private double E(string name, string key) => _checks.GetProperty(name).TryGetProperty(key, out var figure)
        && figure.ValueKind == JsonValueKind.Number ? figure.GetDouble() : double.NaN;

    private void Say(SentenceCheck says)
    {
        var states = _checks.EnumerateObject().Select(c => c.Value.GetProperty("state").GetString()).ToList();
        if (states.Exists(s => s != "passed"))
            says.Says("{} of the {} checks did not pass: *", states.Count(s => s != "passed"), states.Count);
        else says.Says("All {} checks passed. *", states.Count);
        if (G("trials") > 1)
            says.Says("{} different combinations have been run on these bars so far, {} of them for the first time now. Similar ones "
                + "counted together, they amount to {} independent trials. If all of them were worthless, the best would still be expected "
                + "to show a Sharpe ratio of {} a year"
                + (G("winnersOfNothing") > 0 ? ", and a portfolio of those that were chosen among them {}." : "."),
                [G("trials"), G("newTrials"), G("effectiveTrials"), G("expectedMaximum") * Annual,
                    .. G("winnersOfNothing") > 0 ? [G("winnersOfNothing") * Annual] : Array.Empty<double>()]);
        if (double.IsFinite(G("deflatedSharpe")))
            says.Says("The portfolio's Sharpe ratio of {} a year, from returns over *, exceeds what luck would show, with a probability of {}*",
                G("sharpe") * Annual, G("deflatedSharpe"));
        Strong(says);
        Overfitting(says);
        if (double.IsFinite(G("superiorPredictiveAbility")))
            says.Says("That the best of {} strategies earns * could be luck with a probability of {} (test for superior "
                + "predictive ability; White's reality check says {})*", G("trials"), G("superiorPredictiveAbility"), G("realityCheck"));
        if (double.IsFinite(G("minimumTrackRecord")))
            says.Says("A record of at least {} weeks would be needed to tell the portfolio's Sharpe ratio from zero; this one has {}.",
                Math.Ceiling(G("minimumTrackRecord")), G("periods"));
        Checks(says);
    }

    // From the first whole week of a benchmark that begins after the account's first row, to the last week with a bar of it.
    private string Stretch()
    {
        var since = run.BenchmarkBegins is { } begins ? $"{WeeklyReturns.Start(WeeklyReturns.Week(begins) + 1):yyyy-MM-dd}" : "";
        var last = WeeklyReturns.Week(run.BenchmarkRows!.Times[^1]);
        var until = last < WeeklyReturns.Week(run.Rows[^1].Time) ? $"{WeeklyReturns.Start(last + 1).AddDays(-1):yyyy-MM-dd}" : "";
        return since == "" && until == "" ? "The" : until == "" ? $"From {since} on, since * begins later, the"
            : since == "" ? $"Up to {until}, since * ends earlier, the"
            : $"From {since} to {until}, since * begins later and ends earlier, the";
    }

    private void Strong(SentenceCheck says)
    {
        // The strategies of a walk-forward are groups of those that were tried.
        var tried = run.Tried
            ?? [.. run.Files.Strategies.Select(s => (s.GetProperty("id").GetString()!, RunFigures.Stat(s, "deflatedSharpe")))];
        List<(string Id, double Deflated)> strong = [.. tried.Where(s => s.Deflated > 0.95)];
        if (strong.Count > 0)
            says.Says($"{{}} of {{}} strategies {(strong.Count == 1 ? "stands" : "stand")} out from so many trials, first "
                + $"{strong.MaxBy(s => s.Deflated).Id}.", strong.Count, tried.Count);
    }

    private void Overfitting(SentenceCheck says)
    {
        if (!double.IsFinite(G("probabilityOfOverfitting"))) return;
        var ways = section.GetProperty("logits").EnumerateArray().Sum(c => c.GetDouble());
        var amongEarners = G("probabilityOfOverfitting") >= 0.5 && E("probabilityOfOverfitting", "loss") <= 0.05;
        says.Says("Choosing the best strategy on one half of the record and looking at it on the other half, over {} ways of halving, it "
            + "fell into the worse half of all strategies in {} of them"
            + (amongEarners ? ". It failed to earn there in {} of them only: *" : "*"),
            [ways, G("probabilityOfOverfitting"), .. amongEarners ? [E("probabilityOfOverfitting", "loss")] : Array.Empty<double>()]);
    }

    private void Checks(SentenceCheck says)
    {
        bool Has(string name, string key) => _checks.TryGetProperty(name, out var found) && found.TryGetProperty(key, out _);
        if (Has("outOfSample", "return"))
            says.Says(_checks.GetProperty("outOfSample").GetProperty("sentence").GetString()!
                .Contains("weights chosen", StringComparison.Ordinal)
                ? "On bars that the choice had not seen the result is {} (* weights chosen 6 times, *)."
                : "On bars that the choice had not seen the result is {} (*).", E("outOfSample", "return"));
        else says.Says("There is no result on unseen bars: {~}.");
        if (Has("costStress", "stressed"))
        {
            var tried = Regex.IsMatch(_checks.GetProperty("costStress").GetProperty("sentence").GetString()!, "stitched");
            says.Says($"With every cost doubled and every order one bar later, {(tried ? "the stitched equity earns"
                : "the weighted strategies, each in its own account, earn on average")} {{}} instead of {{}}, and {{}} of {{}} "
                + (tried ? "*" : (E("costStress", "strategies") == 1 ? "strategy" : "strategies")
                    + (E("costStress", "strategies") == 1 || E("costStress", "stillProfitable") == 1 ? " still earns." : " still earn.")
                    + (E("costStress", "stressed") > E("costStress", "return")
                        ? " It is more since an order one bar later fills at another price, which was better here by more than the costs."
                        : "")),
                E("costStress", "stressed"), E("costStress", "return"), E("costStress", "stillProfitable"), E("costStress", "strategies"));
        }
        if (Has("betterThanBenchmark", "return"))
        {
            var chosen = double.IsFinite(E("betterThanBenchmark", "selection"));
            says.Says(Stretch() + " portfolio returned {} and * {}; at the same risk the portfolio earned {} a year *, which luck explains with a "
                + "probability of {} (at most 0.05 passes)" + (chosen ? "; of the portfolio by itself {}, of the best of the strategies "
                    + "that it was chosen from {}." : "."),
                [E("betterThanBenchmark", "return"), E("betterThanBenchmark", "benchmarkReturn"),
                    Math.Abs(E("betterThanBenchmark", "excess")) * 365.25 / 7, E("betterThanBenchmark", "pValue"),
                    .. chosen ? (double[])[E("betterThanBenchmark", "own"), E("betterThanBenchmark", "selection")] : []]);
        }
        if (Has("causality", "strategies"))
            says.Says("No look-ahead was found in a sample of {} strategies whose later bars were changed at {} times. *",
                E("causality", "strategies"), E("causality", "cuts"));
    }
}
