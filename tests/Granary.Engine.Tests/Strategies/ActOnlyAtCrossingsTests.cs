using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>A strategy that acts only where a crossing turns is not asked at the bars between, and nothing else changes.</summary>
public sealed class ActOnlyAtCrossingsTests
{
    // Two crossings; one buys or sells, the other exits. It counts how often it is asked.
    private sealed class TwoCrossings : Strategy
    {
        private readonly Crossing _entry, _exit;

        public TwoCrossings(int fast, int slow, bool declares)
        {
            _entry = Cross(Use("ema", fast), Use("sma", slow));
            _exit = Cross(Use("rsi", 14), 50);
            if (declares) ActOnlyAtCrossings();
        }

        public int Asked { get; private set; }

        public override void OnBar(StrategyContext bar)
        {
            Asked++;
            var (entry, exit) = (_entry.At(bar), _exit.At(bar));
            if (entry != 0) bar.Go((Side)entry);
            else if (exit != 0) bar.Exit((Side)(-exit));
        }
    }

    // Declares wrongly: it buys at every seventh bar that it sees.
    private sealed class BarCounter : Strategy
    {
        private readonly Crossing _cross;
        private int _bars;

        public BarCounter()
        {
            _cross = Cross(Use("sma", 5), Use("sma", 20));
            ActOnlyAtCrossings();
        }

        public override void OnBar(StrategyContext bar)
        {
            if (_cross.At(bar) != 0) bar.Exit();
            if (++_bars % 7 == 0) bar.Enter(Side.Buy);
        }
    }

    private static readonly ExecutionSettings[] Executions =
    [
        new() { Fee = new PercentFee(0.05) },
        new() { Fee = new PercentFee(0.05), Slippage = new PercentSlippage(0.02), Fill = FillTiming.SameClose },
        new() { LatencyBars = 2, VolumeShare = 0.2 },
    ];

    private static TradingSettings Settings(Random random) => new()
    {
        Size = SizeRule.PercentOfEquity(40),
        MaxOpenTrades = random.Next(1, 4),
        Sides = (Sides)random.Next(1, 4),
        StopLossPercent = random.Next(2) * 0.6,
        TakeProfitPercent = random.Next(2) * 0.9,
        TrailingStopPercent = random.Next(2) * 0.7,
        MaxBars = random.Next(2) * 9,
    };

    [Fact]
    public void Leaving_out_the_bars_without_a_turn_changes_no_signal_no_trade_and_no_digest()
    {
        var (trades, asked, all) = (0, 0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var feed = SampleBars.Random(700 + seed, 2_000, Timeframe.M15);
            var (settings, execution) = (Settings(random), Executions[seed % Executions.Length]);
            var (fast, slow) = (random.Next(2, 12), random.Next(12, 60));
            var (every, some) = (new TwoCrossings(fast, slow, declares: false), new TwoCrossings(fast, slow, declares: true));
            var expected = StrategyRunner.Run(every, feed, settings, execution, random.Next(1, 600));
            var actual = StrategyRunner.Run(some, feed, settings, execution, random.Next(200, 600));
            actual.Signals.ShouldBe(expected.Signals);
            actual.Trades.ShouldBe(expected.Trades);
            actual.Result.Digest.ShouldBe(expected.Result.Digest);
            (trades, asked, all) = (trades + expected.Trades.Count, asked + some.Asked, all + every.Asked);
        }
        trades.ShouldBeGreaterThan(3_000);
        asked.ShouldBeLessThan(all / 4);
    }

    [Fact]
    public void A_strategy_that_declares_it_wrongly_has_the_same_result_for_all_lengths_of_blocks()
    {
        var feed = SampleBars.Random(1, 2_000, Timeframe.M15);
        var results = ((int[])[IBarSeries.DefaultBlockSize, 300, 97, 64, 7, 1])
            .Select(block => StrategyRunner.Run(new BarCounter(), feed, block: block).Result).ToList();
        results[0].Trades.Trades.ShouldBeGreaterThan(0);
        results.Select(r => r.Digest).Distinct().Count().ShouldBe(1);
    }
}
