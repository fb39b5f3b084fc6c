using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Runs one strategy over one feed, block by block, as a host does.</summary>
internal static class SingleRun
{
    public static StrategyResult Of(Strategy strategy, MarketSeries series, ReadOnlySpan<Bar> bars, TradingSettings settings,
        ExecutionSettings execution, IRunListener? listener = null, int blockSize = 1024)
    {
        var blocks = new List<BarBlock>();
        for (var i = 0; i < bars.Length; i += blockSize)
            blocks.Add(BarBlock.FromBars(i, bars.Slice(i, Math.Min(blockSize, bars.Length - i))));
        return Of(strategy, series, blocks, settings, execution, listener);
    }

    /// <param name="ahead">How many blocks are prepared before the strategy has processed the one before them.</param>
    public static StrategyResult Of(Strategy strategy, MarketSeries series, IReadOnlyList<BarBlock> blocks, TradingSettings settings,
        ExecutionSettings execution, IRunListener? listener = null, int ahead = 0)
    {
        var plan = new FactorPlan();
        var run = new StrategyRun(strategy.GetType().Name, strategy, series, settings, execution, plan, listener);
        var pipeline = new FeedPipeline(series, plan);
        var waiting = new Queue<PreparedBlock>();
        foreach (var block in blocks)
        {
            waiting.Enqueue(pipeline.Prepare(block));
            if (waiting.Count > ahead) ProcessNext();
        }
        while (waiting.Count > 0) ProcessNext();
        return run.Finish();

        void ProcessNext()
        {
            run.Process(waiting.Peek());
            pipeline.Return(waiting.Dequeue());
        }
    }
}
