using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Buys at the first chance and never sells: what every other strategy has to beat.</summary>
[Strategy("Buys at the first bar and never sells. The baseline for every other strategy.",
    WorksIn = "Markets that rise over the whole period; it pays for one order.",
    LosesIn = "Every decline, in full.")]
public sealed class BuyAndHold : Strategy
{
    private bool _held;

    public override void OnBar(StrategyContext bar)
    {
        if (_held || bar.HasPendingEntry(Side.Buy)) return;
        _held = bar.InMarket;
        // Asked again at the next bar where the cash did not suffice.
        if (!_held) bar.Enter(Side.Buy);
    }

    // A stop of the batch's may end it; that was it then.
    public override void OnTrade(StrategyContext bar, in Trade trade) => _held = true;
}
