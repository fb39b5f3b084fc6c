using System.Text.Json.Serialization;

namespace Granary.Learning.Registry;

/// <summary>Origin of a model version: everything needed to train it again and to judge it.</summary>
public sealed record ModelLineage
{
    /// <summary>SHA-256 of the training table.</summary>
    public required string DataHash { get; init; }

    /// <summary>Training data, as "SYMBOL:TF" or a file's name.</summary>
    public required string Data { get; init; }

    /// <summary>Time of the first training sample, UTC.</summary>
    public required DateTime From { get; init; }

    /// <summary>When the last label that it saw was known, UTC: it is out of sample from here on.</summary>
    public required DateTime To { get; init; }

    /// <summary>The time whose data it was trained on, UTC: its newest samples tested it. Null where it was not kept.</summary>
    public DateTime? TrainedAt { get; init; }

    public required int Samples { get; init; }

    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Other symbols whose closes the features read; null where they read only the data's closes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? References { get; init; }

    public required string Label { get; init; }

    public required string Trainer { get; init; }

    /// <summary>Those that were set; the others have the trainer's defaults.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public required long Seed { get; init; }

    /// <summary>On the training samples: auc, logLoss, accuracy or r2, rmse.</summary>
    public required IReadOnlyDictionary<string, double> InSample { get; init; }

    /// <summary>The same on samples that it had not seen; empty where there were none.</summary>
    public required IReadOnlyDictionary<string, double> OutOfSample { get; init; }

    /// <summary>In-sample minus out-of-sample AUC (or R²): how much of it is memory.</summary>
    public double? TrainTestGap { get; init; }

    /// <summary>
    /// Inputs with a greater dissimilarity index are unlike the training data, and the version abstains; null where it does not measure it.
    /// </summary>
    public double? DissimilarityThreshold { get; init; }

    /// <summary>
    /// Validation checks that decide on its promotion, by name: the lower bound of a probability that has to be above one half. Null for
    /// models without such checks.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Checks { get; init; }

    /// <summary>UTC, from the host's clock.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Of the program that trained it.</summary>
    public string ProgramVersion { get; init; } = typeof(ModelLineage).Assembly.GetName().Version?.ToString(3) ?? "";
}

/// <summary>A version of a model: immutable once it is there.</summary>
/// <param name="Number">From 1.</param>
/// <param name="ModelHash">SHA-256 of its bytes.</param>
internal sealed record ModelVersion(string Model, int Number, string ModelHash, ModelLineage Lineage);

/// <summary>Lineage that a store keeps beside a version's file.</summary>
/// <param name="Number">The version's number.</param>
/// <param name="ModelHash">SHA-256 of the version's file.</param>
internal sealed record StoredLineage(int Number, string ModelHash, ModelLineage Lineage);

/// <summary>Version in use, and the versions before it.</summary>
/// <param name="Current">0 where none is.</param>
/// <param name="History">Oldest first; the current one is not among them.</param>
public sealed record ModelPointer(int Current, IReadOnlyList<int> History);

/// <summary>Differences between two versions.</summary>
/// <param name="Differences">Field, value in the first, value in the second; equal fields are left out.</param>
internal sealed record ModelComparison(ModelVersion First, ModelVersion Second,
    IReadOnlyList<(string Field, string First, string Second)> Differences);
