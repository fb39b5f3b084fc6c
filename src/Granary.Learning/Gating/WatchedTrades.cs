using Granary.Engine.Trading;
using Granary.Learning.Watching;

namespace Granary.Learning.Gating;

/// <summary>
/// Repeats the watch of a strategy's model from the events of the strategy. It decides as the strategy's filter, because the decisions
/// follow from the predictions and outcomes alone. Each strategy needs its own instance.
/// </summary>
/// <param name="rule">The rule of the watch.</param>
/// <param name="meaning">What the model predicts.</param>
internal sealed class WatchedTrades(WatchRule rule, PredictionMeaning meaning)
{
    private readonly PredictionWatch _watch = new(rule);
    private readonly PredictedTrades _trades = new(meaning);

    /// <summary>Whether the strategy's entries are reduced.</summary>
    public bool IsCut => _watch.IsCut;

    /// <summary>Takes the next event of the strategy.</summary>
    /// <returns>The change of the watch; null for none.</returns>
    public WatchStep? On(in RunEvent e)
    {
        switch (e.Kind)
        {
            case RunEventKinds.Signal when !double.IsNaN(e.Signal.Prediction):
                _trades.Signalled(e.Number, default, e.Signal.Side, e.Signal.Time, e.Signal.Prediction);
                break;
            case RunEventKinds.SignalEnded:
                _trades.Ended(e.Number);
                break;
            // A trade that the end of the bars closed is not an outcome.
            case RunEventKinds.Trade when e.Trade is { Reason: not (ExitReason.Open or ExitReason.DataEnded) } trade
                && _trades.Closed(trade.Number, trade.NetProfit > 0) is { } wrong:
                return _watch.Add(wrong);
        }
        return null;
    }
}
