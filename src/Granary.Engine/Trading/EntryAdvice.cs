using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>Advice of a model on an entry.</summary>
/// <param name="SizeFactor">0 = refused; 1 = as the strategy wished; between, a part of it.</param>
/// <param name="Prediction">The model's prediction; NaN if it has none, and the entry passes unchanged.</param>
/// <param name="StopFraction">Distance of the stop as a fraction of the price, instead of the batch's; 0 leaves it.</param>
internal readonly record struct EntryAdvice(double SizeFactor, double Prediction, double StopFraction = 0)
{
    /// <summary>The version of the model that answered; 0 = none.</summary>
    public int Version { get; init; }

    /// <summary>Dissimilarity index of the input relative to the model's training data; NaN if it was not measured.</summary>
    public double Dissimilarity { get; init; } = double.NaN;

    public static EntryAdvice NoOpinion => new(1, double.NaN);

    public static EntryAdvice Take(double prediction, double sizeFactor = 1) => new(sizeFactor, prediction);

    public static EntryAdvice Refuse(double prediction) => new(0, prediction);

    /// <summary>The advice for an input that is too far from the training data: the entry is refused without a prediction.</summary>
    public static EntryAdvice Abstain(double dissimilarity) => new(0, double.NaN) { Dissimilarity = dissimilarity };
}
