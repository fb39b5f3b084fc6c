using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>One walk-forward window of a model.</summary>
/// <param name="TrainFrom">When the features of the first training sample were known, UTC.</param>
/// <param name="TrainTo">When the last training label was known, UTC.</param>
/// <param name="Reused">Whether the model was trained by an earlier run and loaded.</param>
internal sealed record WindowResult(DateTime TrainFrom, DateTime TrainTo, DateTime TestFrom, DateTime TestTo, int TrainSamples,
    int TestSamples, IReadOnlyDictionary<string, double> InSample, IReadOnlyDictionary<string, double> OutOfSample, bool Reused)
{
    /// <summary>By feature, the decrease of the test's AUC (or R²) when the feature is shuffled.</summary>
    public IReadOnlyDictionary<string, double> Importance { get; init; } = new Dictionary<string, double>();
}

/// <summary>Importance of a feature for a model.</summary>
/// <param name="Permutation">Fall of the out-of-sample AUC (or R²) when it is shuffled, over the windows.</param>
/// <param name="Gain">Share of the training loss that its splits took; null for models without trees.</param>
internal sealed record FeatureImportance(string Feature, double Permutation, double? Gain);

/// <summary>Calibration: samples with predicted probabilities in a range, and the observed frequency of the outcome.</summary>
internal sealed record CalibrationRow(double From, double To, int Count, double Predicted, double Observed);

/// <summary>A change in the mean squared error of a model's out-of-sample predictions.</summary>
/// <param name="Noticed">When the label that revealed the change was known, UTC.</param>
/// <param name="Since">When the features of the first prediction after the change were known, UTC.</param>
/// <param name="Before">Mean squared error from the previous change to this one.</param>
/// <param name="After">Mean squared error from <paramref name="Since"/> to <paramref name="Noticed"/>.</param>
internal sealed record LossChangeRow(DateTime Noticed, DateTime Since, double Before, double After);

/// <summary>A point on a curve of cumulative trade returns.</summary>
/// <param name="Time">The exit bar of the trade, UTC.</param>
/// <param name="With">Cumulative return, with each trade scaled to the size that the model left.</param>
/// <param name="Without">Cumulative return with every trade at full size.</param>
internal sealed record ModelEquityPoint(DateTime Time, double With, double Without);

/// <summary>Effect of a model on one strategy, counting only trades whose signal it judged out of sample.</summary>
/// <param name="ReturnWith">Sum of the returns on notional, net of commission, of what was taken.</param>
internal sealed record StrategyEffect(string Strategy, int Trades, int Taken, double WinRateWithout, double? WinRateWith,
    double ReturnWithout, double ReturnWith);

/// <summary>A model, as the report shows it.</summary>
internal sealed record LearningUnit
{
    public required string Name { get; init; }

    public string? Version { get; init; }

    public required string Data { get; init; }

    public required string Trainer { get; init; }

    public required string Label { get; init; }

    public required string Rule { get; init; }

    public required int Samples { get; init; }

    public string? Error { get; init; }

    public required IReadOnlyDictionary<string, double> InSample { get; init; }

    public required IReadOnlyDictionary<string, double> OutOfSample { get; init; }

    public double? TrainTestGap { get; init; }

    public required IReadOnlyList<WindowResult> Windows { get; init; }

    public required IReadOnlyList<CalibrationRow> Calibration { get; init; }

    public required IReadOnlyList<FeatureImportance> Importance { get; init; }

    public required IReadOnlyList<StrategyEffect> Strategies { get; init; }

    public required IReadOnlyList<ModelEquityPoint> Equity { get; init; }

    /// <summary>The name in the batch's learning section; several models on different data share it.</summary>
    public required string Section { get; init; }

    /// <summary>The number of out-of-sample predictions without overlapping labels that were monitored for a change of the error.</summary>
    public int Watched { get; init; }

    /// <summary>Changes of the error, ordered by time.</summary>
    public IReadOnlyList<LossChangeRow> LossChanges { get; init; } = [];

    /// <summary>When the last training label of the registered model was known, UTC; null without a model.</summary>
    public DateTime? LearnedTo { get; init; }

    /// <summary>The dissimilarity index above which the registered model abstains; null if it is not measured.</summary>
    public double? DissimilarityThreshold { get; init; }

    /// <summary>Limits of use, one sentence each.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];
}

/// <summary>The learning section of a run, for <c>learning.json</c> and the report.</summary>
/// <param name="Problems">
/// Problems, one sentence each: models that could not be created, and strategies that continued without their model.
/// </param>
/// <param name="Equity">The curve of all judged strategies together.</param>
internal sealed record LearningReport(IReadOnlyList<LearningUnit> Units, IReadOnlyList<string> Problems,
    IReadOnlyList<ModelEquityPoint> Equity) : ResultSection("learning")
{
    /// <summary>Value of the cap by predicted drawdown for the portfolio; null if no section has the rule limit.</summary>
    public RiskWorth? Risk { get; init; }

    private static readonly JsonSerializerOptions Named = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : SectionJson.Default,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // This section has always written undefined numbers by their names.
    private protected override JsonSerializerOptions Format => Named;
}
