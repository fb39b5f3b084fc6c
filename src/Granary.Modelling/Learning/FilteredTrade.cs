using Granary.Engine.Trading;

namespace Granary.Modelling.Learning;

/// <summary>A closed trade with the prediction for its signal.</summary>
/// <param name="Return">Net profit over the notional at entry.</param>
internal readonly record struct FilteredTrade(Trade Trade, double Prediction, double SizeFactor, double Return)
{
    /// <summary>Whether the model decided on the signal: it made a prediction or abstained.</summary>
    public bool IsJudged => !double.IsNaN(Prediction) || SizeFactor == 0;

    /// <summary>Commission over the notional at entry.</summary>
    public double Cost { get; init; }

    /// <param name="multiplier">Contract multiplier of the traded instrument.</param>
    public static FilteredTrade Of(Trade trade, double prediction, double sizeFactor, double multiplier) =>
        new(trade, prediction, sizeFactor, trade.Return(multiplier))
        {
            Cost = trade.Commission / (trade.EntryPrice * trade.Quantity * multiplier * trade.Rate),
        };
}
