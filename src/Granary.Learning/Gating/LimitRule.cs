using System.Text.Json.Serialization;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>
/// Caps the portfolio's exposure so that the predicted worst loss, if the complete exposure incurred it, does not exceed a share of the
/// equity. The entry itself is admitted; the portfolio reduces it to the cap.
/// </summary>
/// <param name="LossPercent">The maximum cost of the predicted worst loss, in percent of the equity.</param>
/// <param name="MostPercent">The highest cap in percent of the equity, however small the prediction; null = none.</param>
/// <param name="OfSymbol">Whether the cap applies only to positions in the entry's symbol instead of all positions.</param>
internal sealed record LimitRule(double LossPercent = 2, double? MostPercent = null, bool OfSymbol = false) : EntryRule
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
