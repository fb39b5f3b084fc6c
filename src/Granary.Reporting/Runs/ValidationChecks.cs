using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>Result of a check.</summary>
internal enum ValidationState
{
    /// <summary>The check did not run, or had no data.</summary>
    Missing,

    Passed,

    Failed,
}

/// <summary>One of the checks that a configuration must have passed before it trades.</summary>
/// <param name="Sentence">Sentence for people that describes the result.</param>
/// <param name="Figures">The numbers behind it, by name; NaN where undefined.</param>
internal sealed record ValidationCheck(ValidationState State, string Sentence, IReadOnlyList<(string Name, double Value)> Figures)
{
    /// <summary>The finding in one word, for checks that have one, such as <c>point-in-time</c>; null otherwise.</summary>
    public string? Word { get; init; }

    public static ValidationCheck Missing(string why) => new(ValidationState.Missing, why, []);

    /// <summary>The figure with this name; NaN if there is none.</summary>
    public double this[string name] => Figures.FirstOrDefault(f => f.Name == name) is { Name: not null } found ? found.Value : double.NaN;
}

/// <summary>Whether a configuration may be traded, with the reasons if it may not. Its JSON is the same wherever it is written.</summary>
/// <param name="Passed">The number of its checks that passed.</param>
/// <param name="Checks">The number of its checks; 0 if it was not checked.</param>
/// <param name="Failed">The names of its checks that failed.</param>
/// <param name="Missing">The names of its checks that did not run, or had no data.</param>
/// <param name="Reasons">One sentence for each check that is missing or failed, or why it was not checked.</param>
internal sealed record ValidationVerdict(int Passed, int Checks, IReadOnlyList<string> Failed, IReadOnlyList<string> Missing,
    [property: JsonIgnore] IReadOnlyList<string> Reasons)
{
    /// <summary>The verdict on a configuration without any check.</summary>
    public static ValidationVerdict Unchecked { get; } =
        NotChecked("the configuration carries no evidence: run its batch again, or say --without-evidence");

    public bool MayBeTraded => Reasons.Count == 0;

    /// <summary>Costs that add up to a gain, in words: the result depends on being paid for trading.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Gains { get; init; } = [];

    /// <summary>The verdict in two or three words.</summary>
    [JsonIgnore]
    public string Words => Checks == 0 ? "Not checked" : MayBeTraded ? "May be traded" : "Do not trade";

    /// <summary>The basis of the words: the number of checks that passed, and the names of the others; or why there were none.</summary>
    [JsonIgnore]
    public string Findings => Checks == 0 ? Reasons[0]
        : FormattableString.Invariant($"{Passed} of {Checks} checks passed") + Names("failed", Failed) + Names("missing", Missing)
            + string.Concat(Gains.Select(gain => $"; {gain}"));

    /// <summary>The verdict in one sentence.</summary>
    public string Sentence => $"{Words}: {Findings}";

    /// <summary>The verdict on a configuration that was not checked.</summary>
    /// <param name="why">The reason, as a sentence without its full stop.</param>
    public static ValidationVerdict NotChecked(string why) => new(0, 0, [], [], [why]);

    /// <summary>The verdict on a run.</summary>
    /// <param name="checks">Null if it was not checked.</param>
    /// <param name="interrupted">Whether it ended before all its strategies.</param>
    public static ValidationVerdict OfRun(ValidationChecks? checks, bool interrupted) => checks?.Decide()
        ?? NotChecked(interrupted ? "the run was interrupted before its checks" : "the run has no validation checks");

    private static string Names(string state, IReadOnlyList<string> checks) =>
        checks.Count == 0 ? "" : $"; {state}: {string.Join(", ", checks)}";
}

/// <summary>
/// Validation checks of a configuration, as in prod.json under <c>evidence</c>: each of <see cref="Checks"/> with its state, a sentence
/// and its figures.
/// </summary>
internal sealed record ValidationChecks(IReadOnlyDictionary<string, ValidationCheck> ByName) : ResultSection(Key)
{
    /// <summary>The key of the object in prod.json and of the section in results.json.</summary>
    public const string Key = "evidence";

    /// <summary>The deflated Sharpe ratio that the check requires.</summary>
    public const double Confidence = 0.95;

    public const string OutOfSample = "outOfSample", DeflatedSharpe = "deflatedSharpe", Overfitting = "probabilityOfOverfitting",
        Causality = "causality", CostStress = "costStress", Benchmark = "betterThanBenchmark", LearnedWeights = "learnedWeights",
        Universe = "universe", Costs = "costs";

    /// <summary>Figures of <see cref="CostStress"/>: costs that add up to a gain, account currency.</summary>
    public const string CommissionGain = "commissionGain", FundingGain = "fundingGain";

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
        return new ValidationVerdict(Required.Count - reasons.Count, Required.Count, In(ValidationState.Failed),
            In(ValidationState.Missing), reasons)
        {
            Gains = [.. new[] { ("commission", this[CostStress][CommissionGain]), ("funding", this[CostStress][FundingGain]) }
                .Where(g => g.Item2 > 0).Select(g => FormattableString.Invariant($"{g.Item1} adds up to a gain of {g.Item2:#,0.##}"))],
        };

        string[] In(ValidationState state) => [.. Required.Where(c => this[c].State == state)];
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
