using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Runs one strategy over one feed and keeps what it did.</summary>
internal static class StrategyRunner
{
    public sealed class Record : IRunListener
    {
        public List<Signal> Signals { get; } = [];

        public List<(int Number, SignalEnd End, long Time)> Ended { get; } = [];

        public List<Trade> Trades { get; } = [];

        /// <summary>What was closed of trades that are open at the end.</summary>
        public List<Trade> Parts { get; } = [];

        /// <summary>Those that were closed.</summary>
        public IReadOnlyList<Trade> Closed => [.. Trades.Where(t => t.Reason != ExitReason.Open)];

        public StrategyResult Result { get; set; } = null!;

        public void On(in RunEvent e)
        {
            switch (e.Kind)
            {
                case RunEventKinds.Signal:
                    Signals.Add(e.Signal);
                    break;
                case RunEventKinds.SignalEnded:
                    Ended.Add((e.Number, e.SignalEnded.End, e.Time));
                    break;
                case RunEventKinds.ClosedPart:
                    Parts.Add(e.Trade);
                    break;
                case RunEventKinds.Trade:
                    Trades.Add(e.Trade);
                    break;
            }
        }
    }

    public static Strategy Make(string name, params (string Name, object Value)[] parameters) =>
        StrategyCatalogue.BuiltIn.Get(name).Create(parameters.ToDictionary(p => p.Name, p => p.Value));

    public static Record Run(Strategy strategy, SampleBars.Feed feed, TradingSettings? settings = null, ExecutionSettings? execution = null,
        int block = 512)
    {
        var record = new Record();
        var plan = new FactorPlan();
        var run = new StrategyRun(strategy.GetType().Name, strategy, feed.Series, settings
            ?? new TradingSettings { Size = SizeRule.Units(1) },
            execution ?? new ExecutionSettings(), plan, record);
        var pipeline = new FeedPipeline(feed.Series, plan);
        foreach (var bars in feed.Blocks(block))
        {
            var prepared = pipeline.Prepare(bars);
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        record.Result = run.Finish();
        return record;
    }
}
