using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Sets the stop by the predicted volatility: so many deviations of a holding time away.</summary>
/// <param name="Multiple">Deviations.</param>
/// <param name="Bars">Over which a one-bar deviation is extended by its square root.</param>
public sealed record StopByVolatilityRule(double Multiple = 2, int Bars = 1) : EntryRule
{
    // A stop is no nearer than a hundredth of a percent and no further than half the price.
    private const double Nearest = 0.0001, Furthest = 0.5;

    public override string Name => "stop";

    public override bool Takes(PredictionMeaning meaning) => meaning == PredictionMeaning.ExpectedVolatility;

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        EntryAdvice.Take(prediction) with { StopFraction = Math.Clamp(Multiple * prediction * Math.Sqrt(Bars), Nearest, Furthest) };
}
