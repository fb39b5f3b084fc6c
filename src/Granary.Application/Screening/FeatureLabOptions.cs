namespace Granary.Application.Screening;

/// <summary>What <see cref="FeatureLab"/> looks at, and how strictly.</summary>
/// <param name="Strategies">"all", or how many of the batch's first strategies.</param>
/// <param name="Generates">Adds features that are made from the catalogue of factors.</param>
/// <param name="Level">Expected share of false findings, between 0 and 1.</param>
/// <param name="Share">Part of the bars, from the first, that is looked at: the rest stays unseen for the training's tests.</param>
public sealed record FeatureLabOptions(string Strategies = "all", bool Generates = false, double Level = 0.05, double Share = 0.4);
