using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>One walk-forward window of a model.</summary>
/// <param name="TrainFrom">Features of its first training sample known, UTC.</param>
/// <param name="TrainTo">Its last training label known, UTC.</param>
/// <param name="Reused">It was trained by an earlier run and found again.</param>
public sealed record WindowResult(DateTime TrainFrom, DateTime TrainTo, DateTime TestFrom, DateTime TestTo, int TrainSamples,
    int TestSamples, IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample, bool Reused)
{
    /// <summary>Fall of the AUC (or R²) of the test when a feature is shuffled, by feature.</summary>
    public IReadOnlyDictionary<string, double> Importance { get; init; } = new Dictionary<string, double>();
}

/// <summary>What a feature is worth to a model.</summary>
/// <param name="Permutation">Fall of the out-of-sample AUC (or R²) when it is shuffled, over the windows.</param>
/// <param name="Gain">Share of the training loss that its splits took; null for models without trees.</param>
public sealed record FeatureImportance(string Feature, double Permutation, double? Gain);

/// <summary>Samples that a model gave a probability in a range, and how often what it predicted came.</summary>
public sealed record CalibrationRow(double From, double To, int Count, double Predicted, double Observed);

/// <summary>A change of the mean squared error of a model's predictions out of sample.</summary>
/// <param name="Noticed">When the label was known that showed it, UTC.</param>
/// <param name="Since">When the features of the first prediction after the change were known, UTC.</param>
/// <param name="Before">Mean squared error from the change before to this one.</param>
/// <param name="After">Mean squared error from <paramref name="Since"/> to <paramref name="Noticed"/>.</param>
public sealed record LossChangeRow(DateTime Noticed, DateTime Since, double Before, double After);

/// <summary>A point of a curve of summed trade returns.</summary>
/// <param name="Time">Exit of the trade's bar, UTC.</param>
/// <param name="With">Sum of the returns of trades so far, each by the part of it that the model left.</param>
/// <param name="Without">The same with every trade whole.</param>
public sealed record ModelEquityPoint(DateTime Time, double With, double Without);

/// <summary>What a model did for one strategy, counting only trades whose signal it judged out of sample.</summary>
/// <param name="ReturnWith">Sum of the returns on notional, net of commission, of what was taken.</param>
public sealed record StrategyEffect(string Strategy, int Trades, int Taken, double WinRateWithout, double? WinRateWith,
    double ReturnWithout, double ReturnWith);

/// <summary>A unit as the report shows it.</summary>
public sealed record LearningUnit(string Name, string? Version, string Data, string Trainer, string Label, string Rule, int Samples,
    string? Error,
    IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample, double? TrainTestGap,
    IReadOnlyList<WindowResult> Windows,
    IReadOnlyList<CalibrationRow> Calibration, IReadOnlyList<FeatureImportance> Importance, IReadOnlyList<StrategyEffect> Strategies,
    IReadOnlyList<ModelEquityPoint> Equity)
{
    /// <summary>The name in the batch's learning section; several models of other data share it.</summary>
    public required string Section { get; init; }

    /// <summary>Number of predictions out of sample, whose labels do not overlap, that were watched for a change of the error.</summary>
    public int Watched { get; init; }

    /// <summary>In order of time.</summary>
    public IReadOnlyList<LossChangeRow> LossChanges { get; init; } = [];

    /// <summary>When the last label was known that the model of all samples learned from, UTC; null without a model.</summary>
    public DateTime? LearnedTo { get; init; }

    /// <summary>Above it the model of all samples abstains, by the dissimilarity index; null where it does not measure it.</summary>
    public double? DissimilarityThreshold { get; init; }

    /// <summary>Limits of its use, one sentence each.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];
}

/// <summary>The learning section of a run: <c>learning.json</c>, and what the report draws.</summary>
/// <param name="Problems">
/// One sentence each, to be shown in red: models that could not be made, strategies that went on without theirs.
/// </param>
/// <param name="Equity">Of all judged strategies together.</param>
public sealed record LearningReport(IReadOnlyList<LearningUnit> Units, IReadOnlyList<string> Problems,
    IReadOnlyList<ModelEquityPoint> Equity) : ResultSection("learning")
{
    /// <summary>What the cap by a predicted drawdown was worth to the portfolio; null where no section has the rule limit.</summary>
    public RiskWorth? Risk { get; init; }

    private static readonly JsonSerializerOptions Named = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Its undefined numbers have always been written by their names.
    private protected override JsonSerializerOptions Format => Named;
}
