using Granary.Engine.Catalogues;
using Granary.Modelling.Learning;

namespace Granary.Backtesting.Screening;

/// <summary>Options of <see cref="FeatureLab"/>: strategies, features and significance level.</summary>
internal record FeatureLabOptions : LearningOptions
{
    /// <summary>The maximum number of other symbols in generated features if <see cref="References"/> is null.</summary>
    public const int MostReferences = 5;

    [Key("also test features that are generated from the catalogue of factors")]
    public bool Generate { get; init; }

    /// <summary>
    /// Symbols of the batch whose closes the generated features of other markets use; null = the first <see cref="MostReferences"/> other
    /// symbols of the data section. Empty = none.
    /// </summary>
    [Key("other symbols of the batch that generated features read, such as ETHUSDT,SOLUSDT (the first 5 others)")]
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>Expected share of false discoveries, between 0 and 1.</summary>
    [Key("expected share of false findings among the relevant features")]
    public double Level { get; init; } = 0.05;

    /// <summary>Fraction of the bars, from the first, to use; the others are kept for tests of trained models.</summary>
    [Key("the part of the bars, from the first, that is used")]
    public double Share { get; init; } = 0.4;
}
