using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Sizes an entry by its probability of profit: zero up to <c>From</c>, full size from <c>Full</c> on, linear between
/// them.</summary>
internal sealed record SizeRuleByProbability(double From = 0.5, double Full = 0.7) : EntryRule
{
    [JsonIgnore]
    public override string Name => "size";

    public override bool Takes(PredictionMeaning meaning) => IsProbability(meaning);

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning)
    {
        var factor = Math.Clamp((ForSide(prediction, side, meaning) - From) / (Full - From), 0, 1);
        return factor > 0 ? EntryAdvice.Take(prediction, factor) : EntryAdvice.Refuse(prediction);
    }
}
