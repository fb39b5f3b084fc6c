using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Buys while the RSI is below <c>low</c>, and sells while it is above <c>high</c>.</summary>
/// <remarks>Each signal closes open trades on the other side, so with one side allowed it serves as that side's exit.</remarks>
[Strategy("Buys while the RSI is below 'low', and sells or goes short while it is above 'high'.",
    WorksIn = "Markets that fluctuate around a slowly moving value, such as broad stock indices over days.",
    LosesIn = "Strong trends and crashes: the RSI stays beyond its level while the loss grows, and only the batch's stop ends the trade.",
    Source = "Wilder 1978")]
public sealed class RsiReversion : Strategy
{
    private readonly Factor _rsi;
    private readonly double _low, _high;

    public RsiReversion([Range(1, 1_000)] int period = 14, [Range(0, 100)] double low = 30, [Range(0, 100)] double high = 70)
    {
        if (low >= high) throw new ArgumentException("low has to be below high");
        _rsi = Use("rsi", period);
        (_low, _high) = (low, high);
        ActOnlyAt(Occasion.Below(_rsi, low, Acts.Buy), Occasion.Above(_rsi, high, Acts.Sell));
    }

    public override void OnBar(StrategyContext bar)
    {
        var rsi = bar[_rsi];
        if (rsi < _low) bar.Go(Side.Buy);
        else if (rsi > _high) bar.Go(Side.Sell);
    }
}
