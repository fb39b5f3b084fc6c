using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Trades a close outside the Bollinger bands back to the middle.</summary>
[Strategy("Buys a close below the lower Bollinger band, sells a close above the upper band, and exits at the middle.",
    WorksIn = "Ranges of steady width: price leaves the bands briefly, and the way back to the middle exceeds the costs.",
    LosesIn = "Breakouts: a trend begins with a close outside the band, the bands widen, and the middle moves away from the entry.",
    Source = "Bollinger 2001")]
public sealed class BollingerReversion : Strategy
{
    private readonly Factor _middle, _upper, _lower;

    public BollingerReversion([Range(2, 2_000)] int period = 20, [Range(0.1, 10)] double width = 2)
    {
        _middle = Use("bollinger", period, width);
        _upper = Use(_middle.Request, line: 1);
        _lower = Use(_middle.Request, line: 2);
        ActOnlyAt(
            Occasion.CloseBelow(_lower, Acts.Buy),
            Occasion.CloseAbove(_upper, Acts.Sell),
            Occasion.CloseAbove(_middle, Acts.ExitLong),
            Occasion.CloseBelow(_middle, Acts.ExitShort));
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
