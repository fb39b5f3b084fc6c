using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Random bars and entries with the keys of entries and exits.</summary>
public sealed class EntryAndExitPropertyTests
{
    private static readonly IReadOnlyList<TradingSettings> Kinds =
    [
        new()
        {
            TakeProfit = [new() { Percent = 0.2, Share = 0.3 }, new() { Percent = 0.5, Share = 0.3 }, new() { Percent = 1 }],
            StopLossPercent = 1,
        },
        new()
        {
            TakeProfitPercent = 1,
            TakeProfitOverTime =
                [new() { After = TimeSpan.FromMinutes(20), Percent = 0.4 }, new() { After = TimeSpan.FromHours(1), Percent = -0.3 }],
        },
        new() { TrailingStopPercent = 0.4, TrailingStartPercent = 0.5, StopLossAtr = 3, TrailFrom = TrailFrom.High },
        new() { TrailingStopAtr = 2, TakeProfitAtr = 3, AtrBars = 5, EntryOrder = EntryOrder.Stop, EntryOffsetAtr = 0.2 },
        new() { ScaleIn = [new() { Percent = 0.2 }, new() { Percent = -0.3, Share = 2 }], TakeProfitPercent = 0.8, StopLossPercent = 0.6 },
        new() { EntryOrder = EntryOrder.Close, TakeProfit = [new() { Percent = 0.3, Share = 0.5 }], MaxBars = 30 },
    ];

    public static TheoryData<int, int> Cases =>
        [.. from kind in Enumerable.Range(0, 6) from seed in Enumerable.Range(1, 4) select (kind, seed)];

    private sealed class RandomEntries(int seed) : Strategy
    {
        private readonly Random _random = new(seed);

        public override void OnBar(StrategyContext bar)
        {
            var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            switch (_random.Next(12))
            {
                case 0 or 1: bar.Enter(side); break;
                case 2: bar.Exit(side); break;
            }
        }
    }

    private static (StrategyResultView Result, TradeRecorder Seen) Run(int kind, int seed, int blockSize)
    {
        var feed = SampleBars.Random(seed, 1_200, Timeframe.M5, decimals: 2);
        var random = new Random(seed);
        var settings = Kinds[kind] with { Cash = 1e6, Size = SizeRule.Units(100), MaxOpenTrades = 2 };
        var execution = new ExecutionSettings
        {
            Fee = new PercentFee(0.02),
            Slippage = seed % 2 == 0 ? new PercentSlippage(0.01) : null,
            Intrabar = (IntrabarRule)random.Next(2),
            VolumeShare = seed % 4 == 3 ? 0.05 : 0,
            Fill = seed % 4 == 2 ? FillTiming.SameClose : FillTiming.NextOpen,
        };
        var seen = new TradeRecorder();
        var series = feed.Series with { Instrument = feed.Series.Instrument with { LotSize = 1 } };
        var result = SingleRun.Of(new RandomEntries(seed), series, feed.Bars, settings, execution, seen, blockSize);
        return (new StrategyResultView(result.Digest, result.Equity.Final, result.Trades.Trades), seen);
    }

    private sealed record StrategyResultView(UInt128 Digest, double Equity, int Trades);

    [Theory, MemberData(nameof(Cases))]
    public void The_length_of_blocks_changes_nothing_and_the_trades_explain_the_equity(int kind, int seed)
    {
        var (whole, seen) = Run(kind, seed, 1024);
        whole.Trades.ShouldBeGreaterThan(10);
        Run(kind, seed, 1).Result.ShouldBe(whole);
        Run(kind, seed, 37).Result.ShouldBe(whole);
        (1e6 + seen.Trades.Concat(seen.Parts).Sum(t => t.NetProfit)).ShouldBe(whole.Equity, 1e-4);
        // What was closed of a trade is never more than what was entered.
        foreach (var fills in seen.Fills.GroupBy(f => f.Number))
            (fills.Where(f => f.IsEntry).Sum(f => f.Quantity) - fills.Where(f => !f.IsEntry).Sum(f => f.Quantity))
                .ShouldBeGreaterThan(-1e-9);
    }
}
