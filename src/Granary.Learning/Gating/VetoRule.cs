using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Admits every entry unless the prediction clearly opposes it.</summary>
/// <param name="Below">Probability of profit below which an entry is refused.</param>
internal sealed record VetoRule(double Below = 0.4) : EntryRule
{
    [JsonIgnore]
    public override string Name => "veto";

    public override bool Takes(PredictionMeaning meaning) => IsProbability(meaning);

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        ForSide(prediction, side, meaning) < Below ? EntryAdvice.Refuse(prediction) : EntryAdvice.Take(prediction);
}
