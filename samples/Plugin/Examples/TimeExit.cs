using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace SamplePlugin.Examples;

/// <summary>An exit by time: so many bars after the entry, whatever the price does.</summary>
[Strategy("Buys when the RSI falls below 'low', and leaves at the open 'bars' bars after the entry.")]
public sealed class TimeExit : Strategy
{
    private readonly Crossing _weak;
    private readonly int _bars;

    public TimeExit([Range(2, 1_000)] int period = 14, [Range(1, 99)] double low = 30, [Range(1, 10_000)] int bars = 12)
    {
        _weak = Cross(Use("rsi", period), low);
        _bars = bars;
    }

    public override void OnBar(StrategyContext bar)
    {
        // A crossing is asked at each bar, so that it sees each of them.
        var turn = _weak.At(bar);
        if (!bar.InMarket && turn < 0) bar.Enter(Side.Buy);
        // The bar of the entry is number 0, and the exit fills at the open of the next bar.
        else if (bar.BarsInTrade >= _bars - 1) bar.Exit();
    }
}
