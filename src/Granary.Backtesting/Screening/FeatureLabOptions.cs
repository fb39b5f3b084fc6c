namespace Granary.Backtesting.Screening;

/// <summary>What <see cref="FeatureLab"/> looks at, and how strictly.</summary>
/// <param name="Strategies">"all", or how many of the batch's first strategies.</param>
/// <param name="Generates">Adds features that are made from the catalogue of factors.</param>
/// <param name="Level">Expected share of false findings, between 0 and 1.</param>
/// <param name="Share">Part of the bars, from the first, that is looked at: the rest stays unseen for the training's tests.</param>
public sealed record FeatureLabOptions(string Strategies = "all", bool Generates = false, double Level = 0.05, double Share = 0.4)
{
    /// <summary>Other symbols that a market is compared with in generated features, where <see cref="References"/> names none.</summary>
    public const int MostReferences = 5;

    /// <summary>
    /// Symbols of the batch whose closes generated features read, in markets other than their own; null = the first
    /// <see cref="MostReferences"/> other symbols of the data section. Empty = none.
    /// </summary>
    public IReadOnlyList<string>? References { get; init; }
}
