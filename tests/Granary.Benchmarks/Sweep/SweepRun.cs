using System.Diagnostics;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Sweep;

/// <summary>What one pass over the bars cost, and what came out of it.</summary>
internal sealed record SweepCost(double Seconds, double ProcessorSeconds, long Allocated, IReadOnlyList<StrategyResult> Results)
{
    public long Trades => Results.Sum(r => (long)r.Trades.Trades);
}

/// <summary>
/// Strategies over one feed, factors included, as the hosts run them: all over one block before the next, fifty to a work item.
/// </summary>
internal static class SweepRun
{
    private const int GroupSize = 50;

    /// <summary>The reference's thousand pairs.</summary>
    public static IEnumerable<(int Fast, int Slow)> Pairs()
    {
        for (var slow = 50; slow <= 290; slow += 10)
            for (var fast = 5; fast <= 44; fast++)
                yield return (fast, slow);
    }

    public static readonly TradingSettings LongOnly = new() { Cash = 100_000, Sides = Sides.Long, Size = SizeRule.Units(10) };

    public static readonly ExecutionSettings Execution = new() { Fee = new PercentFee(0.1) };

    public static SweepCost BlockByBlock(MarketSeries series, IReadOnlyList<BarBlock> blocks, Func<int, int, Strategy> strategy,
        TradingSettings settings, int threads)
    {
        var clock = Clock();
        var plan = new FactorPlan();
        var runs = Make(series, strategy, settings, plan);
        var pipeline = new FeedPipeline(series, plan);
        var groups = (runs.Length + GroupSize - 1) / GroupSize;
        var warm = blocks.Count / 10;
        long allocated = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        for (var b = 0; b < blocks.Count; b++)
        {
            // Once all runs have had their first trades, what the run over the bars allocates is the steady state.
            if (b == warm) allocated = GC.GetAllocatedBytesForCurrentThread();
            var prepared = pipeline.Prepare(blocks[b]);
            if (threads == 1)
                for (var g = 0; g < groups; g++) ProcessGroup(runs, g, prepared);
            else
                Parallel.For(0, groups, options, g => ProcessGroup(runs, g, prepared));
            pipeline.Return(prepared);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return Cost(clock, allocated, runs);
    }

    private static void ProcessGroup(StrategyRun[] runs, int group, PreparedBlock prepared)
    {
        var end = Math.Min(runs.Length, group * GroupSize + GroupSize);
        for (var i = group * GroupSize; i < end; i++)
        {
            runs[i].Process(prepared);
        }
    }

    /// <summary>
    /// Each strategy over all bars before the next, over factors that were computed and kept beforehand. Some strategies stand for all:
    /// their run is scaled up, the factors are not.
    /// </summary>
    public static SweepCost StrategyByStrategy(MarketSeries series, IReadOnlyList<BarBlock> blocks, Func<int, int, Strategy> strategy,
        TradingSettings settings, int strategies)
    {
        var clock = Clock();
        var plan = new FactorPlan();
        var runs = Make(series, strategy, settings, plan, strategies);
        var pipeline = new FeedPipeline(series, plan);
        var prepared = blocks.Select(b => pipeline.Prepare(b)).ToList();
        var factors = Cost(clock, 0, []);
        clock = Clock();
        foreach (var run in runs)
            foreach (var block in prepared)
                run.Process(block);
        var trading = Cost(clock, 0, runs);
        var scale = (double)Pairs().Count() / strategies;
        return trading with
        {
            Seconds = factors.Seconds + trading.Seconds * scale,
            ProcessorSeconds = factors.ProcessorSeconds + trading.ProcessorSeconds * scale
        };
    }

    private static StrategyRun[] Make(MarketSeries series, Func<int, int, Strategy> strategy, TradingSettings settings, FactorPlan plan,
        int count = int.MaxValue) =>
        [.. Pairs().Take(count)
            .Select(p => new StrategyRun($"{p.Fast},{p.Slow}", strategy(p.Fast, p.Slow), series, settings, Execution, plan))];

    private static (Stopwatch Wall, TimeSpan Processor) Clock() => (Stopwatch.StartNew(), Process.GetCurrentProcess().UserProcessorTime);

    private static SweepCost Cost((Stopwatch Wall, TimeSpan Processor) clock, long allocated, StrategyRun[] runs)
    {
        IReadOnlyList<StrategyResult> results = [.. runs.Select(r => r.Finish())];
        return new SweepCost(clock.Wall.Elapsed.TotalSeconds,
            (Process.GetCurrentProcess().UserProcessorTime - clock.Processor).TotalSeconds, allocated, results);
    }
}
