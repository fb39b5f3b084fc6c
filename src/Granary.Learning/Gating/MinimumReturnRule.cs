using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Admits an entry only if its predicted return covers the costs and a minimum profit.</summary>
/// <param name="CostPercent">The costs of a round trip: commission and slippage of both sides, in percent.</param>
/// <param name="MinimumPercent">Minimum predicted return after costs, in percent.</param>
internal sealed record MinimumReturnRule(double CostPercent, double MinimumPercent = 0) : EntryRule
{
    [JsonIgnore]
    public override string Name => "minimum-return";

    public override bool Takes(PredictionMeaning meaning) => meaning == PredictionMeaning.ExpectedReturn;

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        (int)side * prediction * 100 - CostPercent > MinimumPercent ? EntryAdvice.Take(prediction) : EntryAdvice.Refuse(prediction);
}
