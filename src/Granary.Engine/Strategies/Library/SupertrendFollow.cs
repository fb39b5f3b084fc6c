using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Goes to the side of the supertrend whenever it changes sides.</summary>
[Strategy("Goes long when the supertrend turns up, and out or short when it turns down.",
    Earns = "Trends whose pullbacks stay within a few average true ranges: the level trails the price at the distance that this market's noise needs, and gives room when noise grows.",
    Bleeds = "Ranges wider than the band: it turns at the far end of each swing; and gaps through the level, which the turn learns of at the next close.",
    Source = "Seban")]
public sealed class SupertrendFollow : Strategy
{
    private readonly Crossing _turn;

    public SupertrendFollow([Range(1, 5_000)] int period = 10, [Range(0.1, 50)] double multiplier = 3)
    {
        _turn = Cross(Use(Use("supertrend", period, multiplier).Request, line: 1), 0);
    }

    public override void OnBar(StrategyContext bar)
    {
        var turn = _turn.At(bar);
        if (turn != 0) bar.Go((Side)turn);
    }
}
