using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Trades a close outside the Bollinger bands back to the middle.</summary>
[Strategy("Buys a close below the lower Bollinger band and sells one above the upper, and is out again at the middle.",
    Earns = "Ranges whose width is steady: two deviations from the mean are left only for a moment, and the way back to the middle is wider than the costs.",
    Bleeds = "Breakouts: the first close outside the band is how every trend begins, and then the bands open and the middle runs away from the entry.",
    Source = "Bollinger 2001")]
public sealed class BollingerReversion : Strategy
{
    private readonly Factor _middle, _upper, _lower;

    public BollingerReversion([Range(2, 2_000)] int period = 20, [Range(0.1, 10)] double width = 2)
    {
        _middle = Use("bollinger", period, width);
        _upper = Use(_middle.Request, line: 1);
        _lower = Use(_middle.Request, line: 2);
    }

    public override void OnBar(StrategyContext bar)
    {
        var close = bar.Close;
        if (close < bar[_lower]) bar.Go(Side.Buy);
        else if (close > bar[_upper]) bar.Go(Side.Sell);
        else if (close >= bar[_middle] && bar.IsLong) bar.Exit(Side.Buy);
        else if (close <= bar[_middle] && bar.IsShort) bar.Exit(Side.Sell);
    }
}
