using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;

namespace Granary.Engine.Backtesting;

/// <summary>Result, signals and trades of one strategy on one feed.</summary>
/// <param name="Trades">In the order of their closing; what is open at the end comes last.</param>
public sealed record BacktestOutcome(StrategyResult Result, IReadOnlyList<Signal> Signals, IReadOnlyList<Trade> Trades);

/// <summary>
/// Runs one strategy over bars in memory: for tests of strategies, notebooks and examples. Hosts share the work of a feed between many runs
/// instead.
/// </summary>
/// <example><code>
/// var outcome = StrategyBacktest.Run(new SmaCross(10, 30), series, bars);
/// Console.WriteLine(outcome.Trades.Count);
/// </code></example>
public static class StrategyBacktest
{
    /// <param name="bars">Oldest first, open times strictly rising.</param>
    /// <param name="settings">Cash, sides, size and stops, as a batch file sets them for a strategy.</param>
    /// <param name="blockSize">Bars in each block, 1 to <see cref="BarBlock.MaxCount"/>; the result does not depend on it.</param>
    public static BacktestOutcome Run(Strategy strategy, MarketSeries series, IReadOnlyList<Bar> bars, TradingSettings? settings = null,
        ExecutionSettings? execution = null, int blockSize = IBarSeries.DefaultBlockSize)
    {
        var recorder = new Recorder();
        var plan = new FactorPlan();
        var run = new StrategyRun(strategy.GetType().Name, strategy, series, settings ?? new TradingSettings(), execution
            ?? new ExecutionSettings(), plan, recorder);
        var pipeline = new FeedPipeline(series, plan);
        foreach (var block in Blocks(bars, blockSize))
        {
            var prepared = pipeline.Prepare(block);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        return recorder.Outcome(run.Finish());
    }

    /// <summary>Runs a strategy over several symbols; signals and trades come in the order of the symbols.</summary>
    /// <param name="series">One for each of <paramref name="bars"/>, of one timeframe.</param>
    public static BacktestOutcome Run(MultiSymbolStrategy strategy, IReadOnlyList<MarketSeries> series,
        IReadOnlyList<IReadOnlyList<Bar>> bars, TradingSettings? settings = null, ExecutionSettings? execution = null)
    {
        var recorder = new Recorder();
        var plans = series.Select(_ => new FactorPlan()).ToList();
        var run = new MultiSymbolRun(strategy.GetType().Name, strategy, series, settings ?? new TradingSettings(), execution
            ?? new ExecutionSettings(), plans, recorder);
        var pipeline = new JoinedPipeline(series, plans);
        var joiner = new FeedJoiner(series);
        var feeds = bars.Select(b => Blocks(b, IBarSeries.DefaultBlockSize).GetEnumerator()).ToList();
        while (true)
        {
            while (joiner.TryNext(out var block))
            {
                var prepared = pipeline.Prepare(block);
                run.Process(prepared);
                pipeline.Return(prepared);
            }
            if (joiner.WaitsFor is not { } symbol) break;
            if (feeds[symbol].MoveNext()) joiner.Add(symbol, feeds[symbol].Current);
            else joiner.End(symbol);
        }
        return recorder.Outcome(run.Finish());
    }

    private static IEnumerable<BarBlock> Blocks(IReadOnlyList<Bar> bars, int size)
    {
        for (var i = 0; i < bars.Count; i += size) yield return BarBlock.FromBars(i, [.. bars.Skip(i).Take(size)]);
    }

    private sealed class Recorder : IRunListener
    {
        private readonly List<(int Symbol, Signal Signal)> _signals = [];
        private readonly List<Trade> _trades = [];

        public RunEventKinds Kinds => RunEventKinds.Signal | RunEventKinds.ClosedPart | RunEventKinds.Trade;

        public void On(in RunEvent e)
        {
            if (e.Kind == RunEventKinds.Signal) _signals.Add((e.SymbolIndex, e.Signal));
            else if (e.IsTradeRow) _trades.Add(e.Trade);
        }

        // Signals and trades of one symbol keep their order.
        public BacktestOutcome Outcome(StrategyResult result) =>
            new(result, [.. _signals.OrderBy(s => s.Symbol).Select(s => s.Signal)], [.. _trades.OrderBy(t => t.SymbolIndex)]);
    }
}
