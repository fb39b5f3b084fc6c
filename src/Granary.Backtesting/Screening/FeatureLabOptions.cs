namespace Granary.Backtesting.Screening;

/// <summary>Options of <see cref="FeatureLab"/>: strategies, features and significance level.</summary>
/// <param name="Strategies">"all", or the number of the batch's first strategies to use.</param>
/// <param name="Generates">Whether to add features that are generated from the catalogue of factors.</param>
/// <param name="Level">Expected share of false discoveries, between 0 and 1.</param>
/// <param name="Share">Fraction of the bars, from the first, to use; the others are kept for tests of trained models.</param>
public sealed record FeatureLabOptions(string Strategies = "all", bool Generates = false, double Level = 0.05, double Share = 0.4)
{
    /// <summary>The maximum number of other symbols in generated features if <see cref="References"/> is null.</summary>
    public const int MostReferences = 5;

    /// <summary>
    /// Symbols of the batch whose closes the generated features of other markets use; null = the first <see cref="MostReferences"/> other
    /// symbols of the data section. Empty = none.
    /// </summary>
    public IReadOnlyList<string>? References { get; init; }
}
