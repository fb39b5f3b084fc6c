using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>Trades a close that lies too many standard deviations from its average back towards it.</summary>
[Strategy("Buys a close more than 'entry' standard deviations below its average, sells a close as far above, and exits within 'exit' "
        + "deviations.",
    WorksIn = "Prices with a slowly moving value, such as spreads, funds, and large stocks over hours: deviations from it are temporary.",
    LosesIn = "Changes of the value itself: the average needs half its length to follow. Losses are rare and many times the usual gain.",
    Source = "textbook; Lo and MacKinlay 1990")]
public sealed class MeanReversion : Strategy
{
    private readonly Factor _score;
    private readonly double _entry, _exit;

    public MeanReversion([Range(2, 5_000)] int period = 20, [Range(0.1, 10)] double entry = 2, [Range(-10, 10)] double exit = 0.5)
    {
        if (exit >= entry) throw new ArgumentException("exit has to be below entry");
        _score = Use("zscore", period);
        (_entry, _exit) = (entry, exit);
        ActOnlyAt(
            Occasion.Below(_score, -entry, Acts.Buy),
            Occasion.Above(_score, entry, Acts.Sell),
            Occasion.Above(_score, -exit, Acts.ExitLong),
            Occasion.Below(_score, exit, Acts.ExitShort));
    }

    public override void OnBar(StrategyContext bar)
    {
        var score = bar[_score];
        if (score < -_entry) bar.Go(Side.Buy);
        else if (score > _entry) bar.Go(Side.Sell);
        else if (score > -_exit && bar.IsLong) bar.Exit(Side.Buy);
        else if (score < _exit && bar.IsShort) bar.Exit(Side.Sell);
    }
}
