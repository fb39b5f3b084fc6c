using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Follows a close beyond the channel of the bars before it, and leaves beyond the other side of a shorter channel.</summary>
[Strategy("Buys a close above the highest high of the bars before it, sells a close below their lowest low, and exits beyond the other "
        + "side of a shorter channel.",
    WorksIn = "Long trends: each of them begins with a new extreme, so none is missed. The shorter channel holds the trade while "
        + "pullbacks stay small.",
    LosesIn = "Ranges with false breakouts: it buys the top and exits at the bottom of the shorter channel, often in six or seven trades "
        + "of ten.",
    Source = "Donchian; Faith 2003 (the Turtles' system 1)")]
public sealed class DonchianBreakout : Strategy
{
    private readonly Factor _upper, _lower, _exitUpper, _exitLower;

    public DonchianBreakout([Range(1, 5_000)] int period = 20, [Range(1, 5_000)] int exit = 10)
    {
        _upper = Use("donchian", period);
        _lower = Use(_upper.Request, line: 1);
        _exitUpper = Use("donchian", exit);
        _exitLower = Use(_exitUpper.Request, line: 1);
        ActOnlyAt(
            Occasion.CloseAbove(_upper, Acts.Buy),
            Occasion.CloseBelow(_lower, Acts.Sell),
            Occasion.CloseBelow(_exitLower, Acts.ExitLong),
            Occasion.CloseAbove(_exitUpper, Acts.ExitShort));
    }

    public override void OnBar(StrategyContext bar)
    {
        var close = bar.Close;
        if (close > bar[_upper]) bar.Go(Side.Buy);
        else if (close < bar[_lower]) bar.Go(Side.Sell);
        else if (close < bar[_exitLower] && bar.IsLong) bar.Exit(Side.Buy);
        else if (close > bar[_exitUpper] && bar.IsShort) bar.Exit(Side.Sell);
    }
}
