using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Buys while a factor is above <c>high</c>, and sells while it is below <c>low</c>.</summary>
/// <remarks>
/// Each signal closes open trades on the other side, so with one side allowed it serves as that side's exit. The strategy does nothing at
/// bars at which the factor has no value.
/// </remarks>
[Strategy("Buys while the factor is above 'high', and sells or goes short while it is below 'low'.",
    WorksIn = "Where the factor leads the price: a column of sentiment or positioning that changes before the market does.",
    LosesIn = "Factors that follow the price or have nothing to do with it: each change of side then costs without a gain.",
    Source = "textbook")]
public sealed class FactorLevel : Strategy
{
    private readonly Factor _factor;
    private readonly double _low, _high;

    public FactorLevel(string factor = "roc(20)", [Range(-1e15, 1e15)] double low = 0, [Range(-1e15, 1e15)] double high = 0)
    {
        if (low > high) throw new ArgumentException("low is above high");
        _factor = Use(factor);
        (_low, _high) = (low, high);
        ActOnlyAt(Occasion.Above(_factor, high, Acts.Buy), Occasion.Below(_factor, low, Acts.Sell));
    }

    public override void OnBar(StrategyContext bar)
    {
        var value = bar[_factor];
        if (value > _high) bar.Go(Side.Buy);
        else if (value < _low) bar.Go(Side.Sell);
    }
}
