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
        ExecutionSettings execution, IRunObserver? observer = null, int blockSize = 1024)
    {
        var plan = new FactorPlan();
        var run = new StrategyRun(strategy.GetType().Name, strategy, series, settings, execution, plan, observer);
        var computer = new FactorComputer(plan, series);
        var sheet = new FactorSheet(plan, blockSize);
        var calendar = new BlockCalendar();
        var lastTime = long.MinValue;
        for (var i = 0; i < bars.Length; i += blockSize)
        {
            var block = BarBlock.FromBars(i, bars.Slice(i, Math.Min(blockSize, bars.Length - i)));
            calendar.Read(block, lastTime);
            lastTime = block.Time[^1];
            computer.Compute(block, sheet);
            run.Process(block, sheet, calendar);
        }
        return run.Finish();
    }
}
