using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Learning.Tests;

/// <summary>Seeded hourly bars.</summary>
internal static class SyntheticBars
{
    public static MarketSeries Series { get; } = new(new Instrument { Symbol = "SYN" }, Timeframe.Parse("1h"));

    /// <param name="momentum">Share of a bar's return that carries over to the next: 0 = a random walk.</param>
    public static Bar[] Make(int count, double momentum = 0, long seed = 5)
    {
        var random = new PortableRandom(seed);
        var bars = new Bar[count];
        var (price, last) = (100.0, 0.0);
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        for (var i = 0; i < count; i++)
        {
            var open = price;
            last = momentum * last + 0.01 * random.NextGaussian();
            price = open * Math.Exp(last);
            var wick = 0.002 * Math.Abs(random.NextGaussian());
            bars[i] = new Bar(start + i * TimeSpan.TicksPerHour, open, Math.Max(open, price) * (1 + wick),
                Math.Min(open, price) * (1 - wick), price, 1000 + random.Next(100));
        }
        return bars;
    }

    public static IEnumerable<BarBlock> Blocks(Bar[] bars, int length)
    {
        for (var start = 0; start < bars.Length; start += length)
            yield return BarBlock.FromBars(start, bars.AsSpan(start, Math.Min(length, bars.Length - start)));
    }

    /// <summary>Processes all bars in blocks of a length.</summary>
    public static StrategyResult Process(StrategyRun run, FactorPlan plan, Bar[] bars, int length)
    {
        var pipeline = new FeedPipeline(Series, plan);
        foreach (var block in Blocks(bars, length))
        {
            var prepared = pipeline.Prepare(block);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        return run.Finish();
    }
}
