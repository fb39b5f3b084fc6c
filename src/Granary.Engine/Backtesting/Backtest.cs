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
/// var outcome = Backtest.Run(new SmaCross(10, 30), series, bars);
/// Console.WriteLine(outcome.Trades.Count);
/// </code></example>
public static class Backtest
{
    /// <param name="bars">Oldest first, open times strictly rising.</param>
    /// <param name="settings">Cash, sides, size and stops, as a batch file sets them for a strategy.</param>
    public static BacktestOutcome Run(Strategy strategy, MarketSeries series, IReadOnlyList<Bar> bars, TradingSettings? settings = null,
        ExecutionSettings? execution = null)
    {
        var observer = new Observer();
        var plan = new FactorPlan();
        var run = new StrategyRun(strategy.GetType().Name, strategy, series, settings ?? new TradingSettings(), execution
            ?? new ExecutionSettings(), plan, observer);
        var pipeline = new FeedPipeline(series, plan);
        foreach (var block in Blocks(bars))
        {
            var prepared = pipeline.Prepare(block);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        return new BacktestOutcome(run.Finish(), observer.Signals, observer.Trades);
    }

    /// <summary>Runs a strategy over several symbols; signals and trades come in the order of the symbols.</summary>
    /// <param name="series">One for each of <paramref name="bars"/>, of one timeframe.</param>
    public static BacktestOutcome Run(MultiSymbolStrategy strategy, IReadOnlyList<MarketSeries> series,
        IReadOnlyList<IReadOnlyList<Bar>> bars, TradingSettings? settings = null, ExecutionSettings? execution = null)
    {
        var observers = series.Select(_ => new Observer()).ToList();
        var plans = series.Select(_ => new FactorPlan()).ToList();
        var run = new MultiSymbolRun(strategy.GetType().Name, strategy, series, settings ?? new TradingSettings(), execution
            ?? new ExecutionSettings(), plans, observers);
        var pipeline = new JoinedPipeline(series, plans);
        var joiner = new FeedJoiner(series);
        var feeds = bars.Select(b => Blocks(b).GetEnumerator()).ToList();
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
        return new BacktestOutcome(run.Finish(), [.. observers.SelectMany(o => o.Signals)], [.. observers.SelectMany(o => o.Trades)]);
    }

    private static IEnumerable<BarBlock> Blocks(IReadOnlyList<Bar> bars)
    {
        for (var i = 0; i < bars.Count; i += IBarSeries.DefaultBlockSize)
            yield return BarBlock.FromBars(i, [.. bars.Skip(i).Take(IBarSeries.DefaultBlockSize)]);
    }

    private sealed class Observer : IRunObserver
    {
        public List<Signal> Signals { get; } = [];

        public List<Trade> Trades { get; } = [];

        public void OnSignal(in Signal signal) => Signals.Add(signal);

        public void OnSignalEnded(int number, SignalEnd end, long time)
        {
        }

        public void OnFill(in TradeFill fill)
        {
        }

        public void OnClosedPart(in Trade part) => Trades.Add(part);

        public void OnTrade(in Trade trade) => Trades.Add(trade);
    }
}
