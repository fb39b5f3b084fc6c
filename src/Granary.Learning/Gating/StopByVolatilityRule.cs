using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Sets the stop distance from the predicted volatility over a holding time.</summary>
/// <param name="Multiple">The stop distance in standard deviations.</param>
/// <param name="Bars">The holding time in bars; the one-bar deviation is scaled by its square root.</param>
internal sealed record StopByVolatilityRule(double Multiple = 2, int Bars = 1) : EntryRule
{
    // Limits of the stop distance: one hundredth of a percent and half the price.
    private const double Nearest = 0.0001, Furthest = 0.5;

    [JsonIgnore]
    public override string Name => "stop";

    public override bool Takes(PredictionMeaning meaning) => meaning == PredictionMeaning.ExpectedVolatility;

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        EntryAdvice.Take(prediction) with { StopFraction = Math.Clamp(Multiple * prediction * Math.Sqrt(Bars), Nearest, Furthest) };
}
