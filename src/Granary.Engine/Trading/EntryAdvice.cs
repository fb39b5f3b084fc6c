using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>What a model says to an entry.</summary>
/// <param name="SizeFactor">0 = refused; 1 = as the strategy wished; between, a part of it.</param>
/// <param name="Prediction">What the model predicted; NaN where it had no opinion, and the entry passes as it is.</param>
/// <param name="StopFraction">Distance of the stop as a fraction of the price, instead of the batch's; 0 leaves it.</param>
public readonly record struct EntryAdvice(double SizeFactor, double Prediction, double StopFraction = 0)
{
    /// <summary>The version of the model that answered; 0 = none.</summary>
    public int Version { get; init; }

    /// <summary>How unlike the model's training data the input was, by the dissimilarity index; NaN where it was not measured.</summary>
    public double Dissimilarity { get; init; } = double.NaN;

    public static EntryAdvice NoOpinion => new(1, double.NaN);

    public static EntryAdvice Take(double prediction, double sizeFactor = 1) => new(sizeFactor, prediction);

    public static EntryAdvice Refuse(double prediction) => new(0, prediction);

    /// <summary>The input is unlike the training data: the entry is refused without a prediction.</summary>
    public static EntryAdvice Abstain(double dissimilarity) => new(0, double.NaN) { Dissimilarity = dissimilarity };
}
