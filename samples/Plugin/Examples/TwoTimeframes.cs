using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace SamplePlugin.Examples;

/// <summary>Two time frames: the trend of the longer one, the entry of the strategy's own.</summary>
[Strategy("Buys a dip on its own bars while the last closed bar of 'trend' lies above its average, and leaves when the dip is over.")]
public sealed class TwoTimeframes : Strategy
{
    private readonly Factor _close, _average, _strength;
    private readonly double _low, _high;

    // A factor "@4h" has the value of the last 4h bar that has closed: nothing of the bar that still runs.
    public TwoTimeframes(string trend = "4h", [Range(2, 1_000)] int average = 20, [Range(1, 99)] double low = 35,
        [Range(1, 99)] double high = 60)
    {
        _close = Use($"close@{trend}");
        _average = Use($"sma({average})@{trend}");
        _strength = Use("rsi", 14);
        (_low, _high) = (low, high);
    }

    public override void OnBar(StrategyContext bar)
    {
        if (bar.IsLong)
        {
            if (bar[_strength] > _high) bar.Exit(Side.Buy);
        }
        else if (bar[_close] > bar[_average] && bar[_strength] < _low)
        {
            bar.Enter(Side.Buy);
        }
    }
}
