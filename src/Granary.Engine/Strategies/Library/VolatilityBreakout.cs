using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>
/// Follows a bar whose close is more than a multiple of the average true range away from the previous close, for a few bars.
/// </summary>
[Strategy("Follows a bar that closes more than 'multiplier' average true ranges from the close before it, for 'hold' bars.",
    WorksIn = "Markets that need some bars to price in news, and quiet periods that end with a move that continues.",
    LosesIn = "Markets that overreact and give the move back within 'hold' bars; steady trends, which have no such bar.",
    Source = "Williams 1999; Crabel 1990")]
public sealed class VolatilityBreakout : Strategy
{
    private readonly Factor _range;
    private readonly double _multiplier;
    private readonly int _hold;
    private double _lastClose = double.NaN, _lastRange;

    public VolatilityBreakout([Range(1, 1_000)] int period = 14, [Range(0.1, 20)] double multiplier = 1.5, [Range(1, 10_000)] int hold = 5)
    {
        _range = Use("atr", period);
        (_multiplier, _hold) = (multiplier, hold);
    }

    public override void OnBar(StrategyContext bar)
    {
        // Against the range from before the jump, which would else raise its own bar.
        var jump = bar.Close - _lastClose;
        var reach = _multiplier * _lastRange;
        (_lastClose, _lastRange) = (bar.Close, bar[_range]);
        if (jump > reach) bar.Go(Side.Buy);
        else if (jump < -reach) bar.Go(Side.Sell);
        // Filled at the next open: bars in the trade are those from its own entry bar to this one.
        else if (bar.BarsInTrade + 1 >= _hold) bar.Exit();
    }
}
