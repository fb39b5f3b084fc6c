using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Validation;

/// <summary>Buys at each n-th bar and sells some bars later.</summary>
[Strategy("Buys at each n-th bar and sells some bars later.", WorksIn = "A market that rises then.", LosesIn = "All others.")]
public sealed class EveryNth([Range(1, 1_000_000)] int every = 600, [Range(1, 1_000)] int hold = 3) : Strategy
{
    public override void OnBar(StrategyContext bar)
    {
        var place = bar.BarNumber % every;
        if (place == every / 2) bar.Go(Side.Buy);
        else if (place == every / 2 + hold) bar.Exit();
    }
}
