// A strategy in one file: ./granary backtest samples/Idea.cs --param length=20..200:20
// granary: {
//   "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 },
//   "portfolio": { "weights": "winners" }
// }

/// <summary>Is long while the close is above its average.</summary>
[Strategy("Is long while the close is above its average.")]
public sealed class Idea : Strategy
{
    private readonly Factor _average;

    public Idea([Range(2, 1_000)] int length = 100) => _average = Use("sma", length);

    public override void OnBar(StrategyContext bar)
    {
        if (bar.Close > bar[_average]) bar.Go(Side.Buy);
        else if (bar.InMarket) bar.Exit();
    }
}
