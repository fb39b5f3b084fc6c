using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Validation;

/// <summary>Is long or short for some bars at a time, as its key decides: worthless, unless the market follows the same key.</summary>
[Strategy("Is long or short for ten bars at a time, as its key decides.", WorksIn = "A market that follows its key.",
    LosesIn = "All others.")]
public sealed class RandomSides([Range(1, 1_000)] int key = 1) : Strategy
{
    /// <summary>Bars between two decisions.</summary>
    public const int Hold = 10;

    public override void OnBar(StrategyContext bar)
    {
        if (bar.BarNumber % Hold == 0) bar.Go(SideAt(key, bar.BarNumber));
    }

    /// <summary>The side that a key decides at a bar.</summary>
    public static Side SideAt(int key, long bar) =>
        (SplitMix64.Mix(unchecked((ulong)(1_000_003L * key + bar / Hold))) & 1) == 0 ? Side.Buy : Side.Sell;
}
