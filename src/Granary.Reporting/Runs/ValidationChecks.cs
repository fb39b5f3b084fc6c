using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>Result of a check.</summary>
public enum ValidationState
{
    /// <summary>The check did not run, or had no data.</summary>
    Missing,

    Passed,

    Failed,
}

/// <summary>One of the checks that a configuration must have passed before it trades.</summary>
/// <param name="Sentence">Sentence for people that describes the result.</param>
/// <param name="Figures">The numbers behind it, by name; NaN where undefined.</param>
public sealed record ValidationCheck(ValidationState State, string Sentence, IReadOnlyList<(string Name, double Value)> Figures)
{
    /// <summary>The finding in one word, for checks that have one, such as <c>point-in-time</c>; null otherwise.</summary>
    public string? Word { get; init; }

    public static ValidationCheck Missing(string why) => new(ValidationState.Missing, why, []);

    /// <summary>The figure with this name; NaN if there is none.</summary>
    public double this[string name] => Figures.FirstOrDefault(f => f.Name == name) is { Name: not null } found ? found.Value : double.NaN;
}

/// <summary>Whether a configuration may be traded, with the reasons if it may not.</summary>
/// <param name="Passed">The number of its checks that passed.</param>
/// <param name="Checks">The number of its checks.</param>
/// <param name="Reasons">One sentence for each check that is missing or failed.</param>
public sealed record ValidationVerdict(int Passed, int Checks, IReadOnlyList<string> Reasons)
{
    /// <summary>The verdict on a configuration without any check.</summary>
    public static ValidationVerdict Unchecked { get; } =
        new(0, 0, ["the configuration carries no evidence: run its batch again, or say --without-evidence"]);

    public bool MayBeTraded => Reasons.Count == 0;
}

/// <summary>
/// Validation checks of a configuration, as in prod.json under <c>evidence</c>: each of <see cref="Checks"/> with its state, a sentence
/// and its figures.
/// </summary>
public sealed record ValidationChecks(IReadOnlyDictionary<string, ValidationCheck> ByName) : ResultSection(Key)
{
    /// <summary>The key of the object in prod.json and of the section in results.json.</summary>
    public const string Key = "evidence";

    /// <summary>The deflated Sharpe ratio that the check requires.</summary>
    public const double Confidence = 0.95;

    public const string OutOfSample = "outOfSample", DeflatedSharpe = "deflatedSharpe", Overfitting = "probabilityOfOverfitting",
        Causality = "causality", CostStress = "costStress", Benchmark = "betterThanBenchmark", LearnedWeights = "learnedWeights",
        Universe = "universe", Costs = "costs";

    /// <summary>Checks that every configuration needs, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<string> Checks = [OutOfSample, DeflatedSharpe, Overfitting, Causality, CostStress];

    /// <summary>Checks that only some configurations need: one with a benchmark, one with learned weights.</summary>
    public static readonly IReadOnlyList<string> Conditional = [Benchmark, LearnedWeights];

    /// <summary>Findings that are stated beside the checks, and decide nothing; see <see cref="StatedFindings"/>.</summary>
    public static readonly IReadOnlyList<string> Stated = [Universe, Costs];

    /// <summary>The checks of this configuration, and the findings that are stated beside them.</summary>
    public IReadOnlyList<string> Shown => [.. Required, .. Stated.Where(ByName.ContainsKey)];

    /// <summary>The checks of this configuration: the common ones, and those of <see cref="Conditional"/> that it has.</summary>
    public IReadOnlyList<string> Required => [.. Checks, .. Conditional.Where(ByName.ContainsKey)];

    /// <summary>A check by its name; a missing check has the state <see cref="ValidationState.Missing"/>.</summary>
    public ValidationCheck this[string check] =>
        ByName.GetValueOrDefault(check) ?? ValidationCheck.Missing("the configuration says nothing about it");

    /// <summary>Decides whether the configuration may be traded: every check must have passed.</summary>
    public ValidationVerdict Decide()
    {
        var reasons = Required.Where(c => this[c].State != ValidationState.Passed)
            .Select(c => $"{Words(c)} {(this[c].State == ValidationState.Failed ? "failed" : "is missing")}: {this[c].Sentence}").ToList();
        return new ValidationVerdict(Required.Count - reasons.Count, Required.Count, reasons);
    }

    /// <summary>Returns the display name of a check.</summary>
    public static string Words(string check) => check switch
    {
        OutOfSample => "the out-of-sample result",
        DeflatedSharpe => "the deflated Sharpe ratio",
        Overfitting => "the probability of overfitting",
        Causality => "the look-ahead check",
        CostStress => "the cost stress",
        Benchmark => "the comparison with the benchmark",
        LearnedWeights => "the comparison of the learned weights with the baselines",
        Universe => "the universe",
        Costs => "the costs",
        _ => check,
    };

    /// <summary>Serializes the checks for prod.json and results.json.</summary>
    public override string ToJson()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var name in Required)
            {
                var check = this[name];
                json.WriteStartObject(name);
                json.WriteString("state",
                    check.State switch { ValidationState.Passed => "passed", ValidationState.Failed => "failed", _ => "missing" });
                json.WriteString("sentence", check.Sentence);
                foreach (var (figure, value) in check.Figures) ResultsJson.Number(json, figure, value);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
