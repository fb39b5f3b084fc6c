using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The distribution of a feature or a label.</summary>
/// <param name="Count">Values that there are.</param>
/// <param name="Missing">Part of the rows without one, 0 to 1.</param>
/// <param name="Deviation">Sample standard deviation.</param>
/// <param name="Quantiles">Least, 1 %, 25 %, median, 75 %, 99 %, greatest.</param>
/// <param name="Autocorrelation">Of neighbouring values; null where all are equal.</param>
/// <param name="UnitRoot">Statistic of the augmented Dickey–Fuller test; null where it cannot be computed.</param>
/// <param name="IsStationary">Whether that test rejects a random walk at 5 %.</param>
public sealed record ColumnFigures(int Count, double Missing, double? Mean, double? Deviation, IReadOnlyList<double?> Quantiles,
    double? Autocorrelation, double? UnitRoot, bool IsStationary);

/// <summary>A feature, and whether it says something of the label.</summary>
/// <param name="Name">As in a batch's <c>features</c>.</param>
/// <param name="Samples">With a value, whose labels do not overlap.</param>
/// <param name="Correlation">Spearman's, with the label.</param>
/// <param name="PValue">Of a correlation this far from 0 without any relation; autocorrelation is allowed for.</param>
/// <param name="Adjusted">The same after the correction for all features that were tested.</param>
/// <param name="IsRelevant">Whether the adjusted value is at or below the level.</param>
/// <param name="LikeOther">A better relevant feature that it nearly repeats; null = none.</param>
public sealed record FeatureFinding(string Name, ColumnFigures Figures, int Samples, double Correlation, double PValue, double Adjusted,
    bool IsRelevant, string? LikeOther)
{
    /// <summary>The finding in words; empty where there is none.</summary>
    [JsonIgnore]
    public string Remark => LikeOther is { } other ? $"repeats {other}"
        : !IsRelevant ? ""
        : Figures.IsStationary ? "relevant" : "relevant, may wander";
}

/// <summary>The features of one market, or of one strategy where its trades are the label.</summary>
/// <param name="From">First bar that was looked at, UTC.</param>
/// <param name="To">Last one, UTC.</param>
/// <param name="Bars">Bars looked at.</param>
/// <param name="Samples">Those whose labels do not overlap.</param>
/// <param name="Ones">Part of the samples with label 1; null for labels that are numbers.</param>
/// <param name="Features">The most relevant first.</param>
/// <param name="Chosen">Relevant features that do not repeat one another, the best first: for a batch's <c>features</c>.</param>
/// <param name="Error">Why there is nothing; null where there is.</param>
public sealed record FeatureStudy(string Data, string Label, DateTime From, DateTime To, int Bars, int Samples, double? Ones,
    ColumnFigures? LabelFigures, IReadOnlyList<FeatureFinding> Features, IReadOnlyList<string> Chosen, string? Error)
{
    /// <summary>Other symbols whose closes generated features read.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>How many other symbols the batch has.</summary>
    public int Others { get; init; }

    /// <summary>Which other symbols generated features read, as a sentence; empty where there are none.</summary>
    [JsonIgnore]
    public string ReferenceSentence => References.Count == 0 ? ""
        : $"Generated features read the closes of {string.Join(", ", References)}"
            + (References.Count < Others ? $": {References.Count} of {Others} other symbols; --references names others." : ".");
}

/// <summary>What <c>granary features</c> found.</summary>
/// <param name="Level">Expected share of false findings among the relevant features, at the most.</param>
/// <param name="Tested">Features that were tested, over all markets.</param>
public sealed record FeatureStudies(string Batch, double Level, int Tested, bool IsGenerated, IReadOnlyList<FeatureStudy> Studies);
