using System.Text.Json.Serialization;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>
/// Caps the portfolio's exposure so that the predicted worst loss, if all of it made that loss, costs no more than a share of the equity.
/// The entry itself may pass; the portfolio makes it as large as the cap allows.
/// </summary>
/// <param name="LossPercent">Of the equity, in percent: the most that the predicted worst loss may cost.</param>
/// <param name="MostPercent">Of the equity, in percent: the highest cap, however small the prediction; null = none.</param>
/// <param name="OfSymbol">Whether the cap is for the positions in the entry's symbol alone, in place of all positions.</param>
public sealed record LimitRule(double LossPercent = 2, double? MostPercent = null, bool OfSymbol = false) : EntryRule
{
    [JsonIgnore]
    public override string Name => "limit";

    public override bool Takes(PredictionMeaning meaning) => meaning == PredictionMeaning.ExpectedDrawdown;

    /// <param name="prediction">The expected worst loss, a fraction; NaN gives no cap.</param>
    public ExposureCap CapOf(double prediction)
    {
        if (double.IsNaN(prediction)) return ExposureCap.None;
        var most = MostPercent / 100 ?? double.PositiveInfinity;
        return new ExposureCap(prediction > 0 ? Math.Min(most, LossPercent / 100 / prediction) : most, OfSymbol);
    }

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) => EntryAdvice.Take(prediction);
}
