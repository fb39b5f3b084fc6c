using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Random bars with gaps, leverages, tables, stops and targets: no isolated trade loses more than its margin.</summary>
public sealed class MarginPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void An_isolated_trade_loses_at_most_its_margin_and_entry_fee(int seed)
    {
        var random = new Random(seed * 15485863);
        var bars = WithGaps(SampleBars.Random(seed, 1_500, Timeframe.H1, decimals: 2).Bars, random);
        var execution = new ExecutionSettings
        {
            Fee = new PercentFee(0.05 * random.NextDouble()),
            Slippage = random.Next(2) == 0 ? null : new PercentSlippage(0.1),
            Margin = MarginMode.Isolated,
            Leverage = 2 + random.Next(60),
            LiquidationFeeRate = 0.002 * random.NextDouble(),
            MarginTiers = new Dictionary<string, MarginTiers> { [""] = new([new(0, 0.004, 0, 0), new(20_000, 0.01, 120, 0)]) },
            Intrabar = (IntrabarRule)random.Next(2),
            ProtectFrom = (ProtectFrom)random.Next(2),
            Fill = (FillTiming)random.Next(2),
        };
        var settings = new TradingSettings
        {
            Cash = 10_000,
            Size = SizeRule.PercentOfEquity(100 * execution.Leverage * random.NextDouble()),
            ResizeToCash = true,
            MaxOpenTrades = 1 + random.Next(3),
            StopLossPercent = random.Next(2) == 0 ? 0 : 2 * random.NextDouble(),
            TakeProfitPercent = random.Next(2) == 0 ? 0 : 3 * random.NextDouble(),
        };
        var recorder = new TradeRecorder();
        var series = new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.H1);
        var result = SingleRun.Of(new Coin(seed), series, bars, settings, execution, recorder);

        recorder.Closed.ShouldNotBeEmpty();
        var liquidated = 0;
        foreach (var trade in recorder.Closed)
        {
            var margin = trade.EntryPrice * trade.Quantity / execution.Leverage;
            var entryFee = execution.Fee.Fee(trade.EntryPrice, trade.Quantity, 1, maker: false);
            // A stop that slips to just before the liquidation price also pays its fee.
            var exitFee = trade.Reason == ExitReason.Liquidation ? 0 : trade.Commission - entryFee;
            trade.NetProfit.ShouldBeGreaterThanOrEqualTo(-(margin + entryFee + exitFee) * (1 + 1e-9), $"trade {trade.Number}");
            if (trade.Reason != ExitReason.Liquidation) continue;
            liquidated++;
            trade.NetProfit.ShouldBe(-(margin + entryFee), 1e-9 * trade.EntryPrice * trade.Quantity);
        }
        if (execution.Leverage > 30 && settings is { StopLossPercent: 0, TakeProfitPercent: 0 }) liquidated.ShouldBeGreaterThan(0);
        result.Equity.Final.ShouldBeGreaterThanOrEqualTo(0);
    }

    // Now and then the market opens far away from the last close.
    private static Bar[] WithGaps(Bar[] bars, Random random)
    {
        var scale = 1.0;
        for (var i = 0; i < bars.Length; i++)
        {
            if (random.Next(60) == 0) scale *= Math.Exp((random.NextDouble() - 0.5) * 0.3);
            var b = bars[i];
            bars[i] = b with { Open = b.Open * scale, High = b.High * scale, Low = b.Low * scale, Close = b.Close * scale };
        }
        return bars;
    }

    private sealed class Coin(int seed) : Strategy
    {
        private readonly Random _random = new(seed);

        public override void OnBar(StrategyContext bar)
        {
            var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
            if (_random.Next(4) == 0) bar.Enter(side);
            else if (_random.Next(20) == 0) bar.Exit(side);
        }
    }
}
