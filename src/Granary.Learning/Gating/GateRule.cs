using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Admits an entry only if the prediction supports it: buys above one probability, sells below another.</summary>
/// <param name="BuyAbove">Probability of a rise (or of the buy's profit) that a buy must exceed.</param>
/// <param name="SellBelow">
/// Probability of a rise below which a sell is admitted. If the model predicts the trade's profit, a sell must exceed one minus it.
/// </param>
internal sealed record GateRule(double BuyAbove = 0.6, double SellBelow = 0.4) : EntryRule
{
    [JsonIgnore]
    public override string Name => "gate";

    public override bool Takes(PredictionMeaning meaning) => IsProbability(meaning);

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning)
    {
        var needed = side == Side.Buy ? BuyAbove : 1 - SellBelow;
        return ForSide(prediction, side, meaning) > needed ? EntryAdvice.Take(prediction) : EntryAdvice.Refuse(prediction);
    }
}
