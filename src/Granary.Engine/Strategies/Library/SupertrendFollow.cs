using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Goes to the side of the supertrend whenever it changes sides.</summary>
[Strategy("Goes long when the supertrend turns up, and exits or goes short when it turns down.",
    WorksIn = "Trends whose pullbacks stay within a few average true ranges: the level trails the price at a distance that grows with the "
        + "noise.",
    LosesIn = "Ranges wider than the band, where it turns at the end of each swing; gaps through the level, which it sees at the next "
        + "close.",
    Source = "Seban")]
public sealed class SupertrendFollow : Strategy
{
    private readonly Crossing _turn;

    public SupertrendFollow([Range(1, 5_000)] int period = 10, [Range(0.1, 50)] double multiplier = 3)
    {
        _turn = Cross(Use(Use("supertrend", period, multiplier).Request, line: 1), 0);
        ActOnlyAtCrossings();
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_turn.SideAt(bar) is { } side) bar.Go(side);
    }
}
