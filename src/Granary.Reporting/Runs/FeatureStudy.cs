using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The distribution of a feature or a label.</summary>
/// <param name="Count">The number of existing values.</param>
/// <param name="Missing">Fraction of the rows without a value, 0 to 1.</param>
/// <param name="Deviation">Sample standard deviation.</param>
/// <param name="Quantiles">Minimum, 1 %, 25 %, median, 75 %, 99 %, maximum.</param>
/// <param name="Autocorrelation">Autocorrelation at lag one; null if all values are equal.</param>
/// <param name="UnitRoot">Statistic of the augmented Dickey–Fuller test; null if it cannot be computed.</param>
/// <param name="IsStationary">Whether that test rejects a random walk at 5 %.</param>
internal sealed record ColumnFigures(int Count, double Missing, double? Mean, double? Deviation, IReadOnlyList<double?> Quantiles,
    double? Autocorrelation, double? UnitRoot, bool IsStationary);

/// <summary>A feature with the result of testing whether it predicts the label.</summary>
/// <param name="Name">The name as in a batch's <c>features</c>.</param>
/// <param name="Samples">The number of samples with a value and without overlapping labels.</param>
/// <param name="Correlation">Spearman's rank correlation with the label.</param>
/// <param name="PValue">P-value of the correlation under the hypothesis of no relation, adjusted for autocorrelation.</param>
/// <param name="Adjusted">The p-value after the correction for all tested features.</param>
/// <param name="IsRelevant">Whether the adjusted p-value is at or below the level.</param>
/// <param name="LikeOther">A more relevant feature with nearly the same values; null = none.</param>
internal sealed record FeatureFinding(string Name, ColumnFigures Figures, int Samples, double Correlation, double PValue, double Adjusted,
    bool IsRelevant, string? LikeOther)
{
    /// <summary>The finding in words; empty if there is none.</summary>
    [JsonIgnore]
    public string Remark => this switch
    {
        { LikeOther: { } other } => $"repeats {other}",
        { IsRelevant: false } => "",
        { Figures.IsStationary: true } => "relevant",
        _ => "relevant, may wander",
    };
}

/// <summary>The features of one market, or of one strategy if its trades are the label.</summary>
/// <param name="From">The first bar of the study, UTC.</param>
/// <param name="To">The last bar of the study, UTC.</param>
/// <param name="Bars">The number of bars in the study.</param>
/// <param name="Samples">The number of samples without overlapping labels.</param>
/// <param name="Ones">Fraction of the samples with label 1; null for numeric labels.</param>
/// <param name="Features">The features, most relevant first.</param>
/// <param name="Chosen">Relevant features that are not redundant, best first, for a batch's <c>features</c>.</param>
/// <param name="Error">Why the study has no results; null if it has.</param>
internal sealed record FeatureStudy(string Data, string Label, DateTime From, DateTime To, int Bars, int Samples, double? Ones,
    ColumnFigures? LabelFigures, IReadOnlyList<FeatureFinding> Features, IReadOnlyList<string> Chosen, string? Error)
{
    /// <summary>Other symbols whose closes the generated features use.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The number of other symbols in the batch.</summary>
    public int Others { get; init; }

    /// <summary>Sentence that names other symbols that generated features read; empty if there are none.</summary>
    [JsonIgnore]
    public string ReferenceSentence => References.Count == 0 ? ""
        : $"Generated features read the closes of {string.Join(", ", References)}"
            + (References.Count < Others ? $": {References.Count} of {Others} other symbols; --references names others." : ".");
}

/// <summary>Result of <c>granary features</c>.</summary>
/// <param name="Level">Expected share of false findings among the relevant features, at the most.</param>
/// <param name="Tested">Features that were tested, over all markets.</param>
internal sealed record FeatureStudies(string Batch, double Level, int Tested, bool IsGenerated, IReadOnlyList<FeatureStudy> Studies);
