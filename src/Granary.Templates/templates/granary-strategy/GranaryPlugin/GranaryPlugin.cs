using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Plugins;

/// <summary>Buys a close that crosses above its average while the strength index has room to rise, and leaves below the average.</summary>
[Strategy("Buys a close that crosses above its exponential average while the RSI is below 'strong', and leaves below the average.")]
public sealed class GranaryPlugin : Strategy
{
    private readonly Crossing _cross;
    private readonly Factor _strength;
    private readonly double _strong;

    // The parameters, their defaults and ranges are what a batch file may set.
    public GranaryPlugin([Range(2, 1_000)] int period = 20, [Range(2, 1_000)] int rsi = 14, [Range(1, 100)] double strong = 70)
    {
        _cross = Cross(Use("close"), Use("ema", period));
        _strength = Use("rsi", rsi);
        _strong = strong;
    }

    // Called at the close of each bar; orders work from the next bar on.
    public override void OnBar(StrategyContext bar)
    {
        var turn = _cross.At(bar);
        if (turn > 0 && bar[_strength] < _strong) bar.Enter(Side.Buy);
        else if (turn < 0 && bar.IsLong) bar.Exit(Side.Buy);
    }
}
