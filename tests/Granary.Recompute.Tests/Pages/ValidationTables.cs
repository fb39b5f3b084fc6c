using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// The validation checks and the bridge from the headline to each of their figures, beside the sections guards and evidence of
/// results.json, whose numbers <see cref="ValidationCheck"/> recomputes.
/// </summary>
internal sealed class ValidationTables(PageCheck check, RunFigures run)
{
    private static readonly (string Key, string Title)[] Checks =
    [
        ("outOfSample", "On bars that the choice had not seen"), ("deflatedSharpe", "Sharpe ratio, deflated by all trials"),
            ("probabilityOfOverfitting", "Probability of overfitting"),
        ("causality", "Look-ahead"), ("costStress", "Double costs, one bar later"), ("betterThanBenchmark", "Better than the benchmark"),
    ];

    private static readonly (string Key, string Title)[] Stated = [("universe", "Universe"), ("costs", "Costs")];

    public void Check()
    {
        if (!run.Files.Results.TryGetProperty("evidence", out var findings)) return;
        Cells[] stated = run.Files.Results.TryGetProperty("statements", out var statements) ? [.. Stated
            .Where(s => statements.TryGetProperty(s.Key, out _)).Select(s => new Cells
            {
                ["Check"] = s.Title,
                ["Outcome"] = statements.GetProperty(s.Key).GetProperty("word").GetString()!,
                ["What was found"] = Typeset(statements.GetProperty(s.Key).GetProperty("sentence").GetString()!),
            })] : [];
        check.Table("The validation checks", [.. Checks.Where(c => findings.TryGetProperty(c.Key, out _)).Select(c => new Cells
        {
            ["Check"] = c.Title,
            ["Outcome"] = findings.GetProperty(c.Key).GetProperty("state").GetString()!,
            ["What was found"] = Typeset(findings.GetProperty(c.Key).GetProperty("sentence").GetString()!),
        }), .. stated]);
        check.Headline(new Cells
        {
            ["Verdict"] = findings.EnumerateObject().All(c => c.Value.GetProperty("state").GetString() == "passed")
            ? "May be traded" : "Do not trade"
        });
        // A live session carries the outcomes of the backtest that justified it, without their figures.
        if (!run.Files.Results.TryGetProperty("guards", out var section)) return;
        Figures(section);
        check.List("From the headline figure", JsonRecord.List(section, "bridge"));
    }

    // As the page writes numbers: no space before a percent sign, and a minus for a minus.
    private static string Typeset(string sentence) =>
        Regex.Replace(Regex.Replace(sentence, @"(?<=\d) %", "%"), @"(?<=^|[ (])-(?=\d)", "−");

    private static double Value(JsonElement owner, string key) =>
        owner.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;

    private void Figures(JsonElement section) => check.Pairs("Figures", new Cells
    {
        ["Trials on these bars"] = Value(section, "trials"),
        ["of which new"] = Value(section, "newTrials"),
        ["Effective number of trials"] = Value(section, "effectiveTrials"),
        ["Sharpe ratio per period (weeks)"] = Value(section, "sharpe"),
        ["Expected of the best worthless trial"] = Value(section, "expectedMaximum"),
        ["Expected of the choice among worthless trials"] = Value(section, "winnersOfNothing"),
        ["Luck bar, a year"] = Value(section, "luckBar"),
        ["Deflated Sharpe ratio"] = Value(section, "deflatedSharpe"),
        ["The same, all trials independent"] = Value(section, "rawDeflatedSharpe"),
        ["Least record, weeks"] = Math.Ceiling(Value(section, "minimumTrackRecord")),
        ["Probability of overfitting"] = Value(section, "probabilityOfOverfitting"),
        ["Probability that the choice loses"] = Value(section, "probabilityOfLoss"),
        ["White's reality check, p"] = Value(section, "realityCheck"),
        ["Mean block of the bootstrap, periods"] = Value(section, "meanBlock"),
        ["Superior predictive ability, p"] = Value(section, "superiorPredictiveAbility"),
    });
}
