using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Runs a strategy over several feeds, joined, each cut into blocks of its own size.</summary>
internal static class MultiSymbolRunner
{
    public sealed record Outcome(StrategyResult Result, IReadOnlyList<StrategyRunner.Record> Symbols);

    public static SampleBars.Feed Named(this SampleBars.Feed feed, string symbol, double lot = 0) =>
        feed with { Series = feed.Series with { Instrument = feed.Series.Instrument with { Symbol = symbol, LotSize = lot } } };

    public static Outcome Run(MultiSymbolStrategy strategy, IReadOnlyList<SampleBars.Feed> feeds, TradingSettings? settings = null,
        ExecutionSettings? execution = null, int[]? blocks = null, int rows = 100)
    {
        var series = feeds.Select(f => f.Series).ToList();
        var plans = feeds.Select(_ => new FactorPlan()).ToList();
        var records = feeds.Select(_ => new StrategyRunner.Record()).ToList();
        var run = new MultiSymbolRun(strategy.GetType().Name, strategy, series, settings
            ?? new TradingSettings { Size = SizeRule.Units(1) },
            execution ?? new ExecutionSettings(), plans, new SymbolListeners(records));
        var pipeline = new JoinedPipeline(series, plans);
        foreach (var block in Join(feeds, blocks ?? [64], rows))
        {
            var prepared = pipeline.Prepare(block);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        return new Outcome(run.Finish(), records);
    }

    public static IEnumerable<JoinedBlock> Join(IReadOnlyList<SampleBars.Feed> feeds, int[] blocks, int rows)
    {
        var joiner = new FeedJoiner([.. feeds.Select(f => f.Series)], rows);
        var readers = feeds.Select((f, i) => f.Blocks(blocks[i % blocks.Length]).GetEnumerator()).ToList();
        while (true)
        {
            while (joiner.TryNext(out var block)) yield return block;
            if (joiner.WaitsFor is not { } symbol) yield break;
            if (readers[symbol].MoveNext()) joiner.Add(symbol, readers[symbol].Current);
            else joiner.End(symbol);
        }
    }
}
