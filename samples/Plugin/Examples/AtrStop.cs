using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace SamplePlugin.Examples;

/// <summary>A stop by the average true range: it follows the close at a distance of some of them, and never goes back.</summary>
[Strategy("Buys a close above the channel of the bars before it, with a stop 'distance' average true ranges below the best close.")]
public sealed class AtrStop : Strategy
{
    private readonly Factor _upper, _range;
    private readonly double _distance;
    private double _stop;

    public AtrStop([Range(1, 1_000)] int channel = 20, [Range(1, 1_000)] int period = 14, [Range(0.1, 20)] double distance = 3)
    {
        _upper = Use("donchian", channel);
        _range = Use("atr", period);
        _distance = distance;
    }

    public override void OnBar(StrategyContext bar)
    {
        var level = bar.Close - _distance * bar[_range];
        if (bar.IsLong)
        {
            // The new level holds from the next bar on.
            if (level > _stop) bar.MoveStop(Side.Buy, _stop = level);
        }
        else if (bar.Close > bar[_upper] && !bar.HasPendingEntry(Side.Buy))
        {
            bar.Enter(Side.Buy, new EntryOptions { StopLoss = _stop = level });
        }
    }
}
