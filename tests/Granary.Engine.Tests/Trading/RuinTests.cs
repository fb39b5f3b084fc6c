using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>An account that has lost all of its equity is closed, at a price that is calculated by hand.</summary>
public sealed class RuinTests
{
    private static TradingSettings Settings(double percent, Sides sides = Sides.Both) =>
        new() { Cash = 10_000, Size = SizeRule.PercentOfEquity(percent), Sides = sides };

    private static ExecutionSettings Fee(double percent) => new() { Fee = new PercentFee(percent) };

    [Fact]
    public void A_short_position_is_closed_at_the_price_at_which_the_equity_is_zero()
    {
        // 100 units sold at 100: the equity of 10,000 is lost at 200.
        var s = new Scenario { Settings = Settings(100) }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell))
            .Bar(100, 101, 99, 100)
            .Bar(150, 250, 140, 160)
            .Bar(160, 1000, 150, 900, b => b.Enter(Side.Buy))
            .Bar(900, 950, 800, 900);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice, trade.NetProfit).ShouldBe((ExitReason.Ruined, 200, -10_000));
        s.BarOf(trade.ExitTime).ShouldBe(2);
        result.Equity.Final.ShouldBe(0);
        result.Equity.MaxDrawdown.ShouldBe(1);
        s.Signals.Count.ShouldBe(1, "a closed account makes no signals");
    }

    [Fact]
    public void The_closing_fee_is_part_of_what_the_equity_has_to_pay()
    {
        var s = new Scenario { Settings = Settings(90), Execution = Fee(1) }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(150, 250, 140, 160);
        s.Run().Equity.Final.ShouldBe(0);
        var trade = s.Closed.ShouldHaveSingleItem();
        // 90 units: 10,000 − 90 + 90 · 100 − 90 · p − 0.9 · p = 0.
        trade.ExitPrice.ShouldBe((10_000 - 90 + 9_000) / 90.9, 1e-9);
        trade.Commission.ShouldBe(90 + 0.9 * trade.ExitPrice, 1e-9);
        trade.NetProfit.ShouldBe(-10_000, 1e-9);
        trade.Financing.ShouldBe(0);
    }

    [Fact]
    public void A_bar_that_opens_beyond_ruin_closes_at_its_open_and_the_broker_bears_the_rest()
    {
        var s = new Scenario { Settings = Settings(100) }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(273, 280, 270, 275).Bar(275, 276, 90, 95);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice, trade.Profit, trade.Financing, trade.NetProfit).ShouldBe((ExitReason.Ruined, 273, -17_300, 7_300,
            -10_000));
        result.Equity.Final.ShouldBe(0);
    }

    [Fact]
    public void An_exit_on_its_way_that_fills_beyond_ruin_leaves_nothing_and_no_debt()
    {
        var s = new Scenario
        {
            Settings = Settings(100) with { StopLossPercent = 90 },
            Execution = new() { Slippage = new PercentSlippage(20) }
        }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(150, 300, 140, 160)
            .Bar(160, 170, 150, 160, b => b.Enter(Side.Buy)).Bar(160, 170, 150, 160);
        var result = s.Run();
        // Sold at 80, the stop at 152 slips to 182.4: 100 · 102.4 is more than there was.
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.NetProfit).ShouldBe((ExitReason.Stop, -10_000));
        result.Equity.Final.ShouldBe(0);
        s.Signals.Count.ShouldBe(1);
    }

    [Fact]
    public void A_stop_that_comes_before_ruin_closes_the_trade_and_the_account_goes_on()
    {
        var s = new Scenario { Settings = Settings(100) with { StopLossPercent = 20 } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(105, 250, 104, 160, b => b.Enter(Side.Buy))
            .Bar(160, 170, 150, 160);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Stop, 120));
        result.Equity.Final.ShouldBe(8_000, 1e-9);
        s.Signals.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(IntrabarRule.StopFirst, ExitReason.Ruined)]
    [InlineData(IntrabarRule.TargetFirst, ExitReason.Target)]
    public void A_bar_that_touches_ruin_and_target_follows_the_rule_of_stop_and_target(IntrabarRule rule, ExitReason reason)
    {
        var s = new Scenario { Settings = Settings(100) with { TakeProfitPercent = 10 }, Execution = new() { Intrabar = rule } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100).Bar(100, 250, 80, 160);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    [Fact]
    public void A_long_position_on_leverage_is_closed_where_its_loan_takes_all_the_equity()
    {
        // 200 units at 100 with 10,000 of its own: the equity is lost at 50.
        var s = new Scenario { Settings = Settings(200), Execution = new() { Leverage = 2 } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100).Bar(90, 91, 40, 60).Bar(60, 300, 60, 290);
        var result = s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Ruined, 50));
        result.Equity.Final.ShouldBe(0);
    }

    [Fact]
    public void A_ruined_account_has_a_return_of_minus_one_and_no_ratios()
    {
        var s = new Scenario { Settings = Settings(100), Timeframe = Timeframe.D1 }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(100, 901, 99, 900, b => b.Exit())
            .Bar(900, 901, 899, 900, b => b.Enter(Side.Sell))
            .Bar(900, 901, 899, 900).Bar(900, 2_500, 890, 900).Bar(900, 901, 10, 11);
        var result = s.Run();
        var stats = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(result.Equity, result.Trades, 252));
        stats.IsRuined.ShouldBeTrue();
        (stats.TotalReturn, stats.Cagr, stats.MaxDrawdown, stats.FinalEquity).ShouldBe((-1, -1, 1, 0));
        foreach (var ratio in new[] { stats.Sharpe, stats.Sortino, stats[RatioMetrics.Calmar], stats.Volatility })
            ratio.ShouldBe(double.NaN);
    }

    [Fact]
    public void A_short_position_watched_in_long_blocks_is_closed_on_the_very_bar_that_ruins_it()
    {
        // Nothing else makes the run look at a bar: no order waits, and nothing is protected.
        var s = new Scenario { Settings = Settings(100) }.Bar(100, 101, 99, 100, b => b.Enter(Side.Sell)).Bar(100, 101, 99, 100);
        for (var i = 0; i < 9_000; i++) s.Bar(100, i == 7_000 ? 199.99 : 101, 99, i == 7_000 ? 199.99 : 100);
        s.Bar(100, 200, 99, 100).Bar(100, 101, 99, 100);
        s.Run().Equity.Final.ShouldBe(0);
        s.BarOf(s.Closed.ShouldHaveSingleItem().ExitTime).ShouldBe(9_002);
    }

    [Fact]
    public void No_account_is_ever_below_zero_whatever_a_strategy_does()
    {
        var ruined = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var price = 100.0;
            var bars = new Bar[600];
            for (var i = 0; i < bars.Length; i++)
            {
                var open = price * Math.Exp(0.1 * (random.NextDouble() - 0.48));
                price = open * Math.Exp(0.3 * (random.NextDouble() - 0.48));
                bars[i] = new Bar(i * Timeframe.D1.Ticks, open, Math.Max(open, price) * (1 + 0.1 * random.NextDouble()),
                    Math.Min(open, price) * (1 - 0.1 * random.NextDouble()), price, 1_000);
            }
            var recorder = new TradeRecorder();
            var result = SingleRun.Of(new RandomTrader(seed, byHand: true),
                new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.D1), bars,
                new TradingSettings { Cash = 10_000, Size = SizeRule.PercentOfEquity(90), MaxOpenTrades = 2 },
                new ExecutionSettings
                {
                    Fee = new PercentFee(0.2),
                    Slippage = new PercentSlippage(0.5),
                    Leverage = seed % 3,
                    BorrowFeeRate = 0.05
                }, recorder, blockSize: 1 + seed * 7);
            result.Equity.Final.ShouldBeGreaterThanOrEqualTo(0);
            result.Equity.MaxDrawdown.ShouldBeLessThanOrEqualTo(1);
            (result.Equity.Start + recorder.Trades.Sum(t => t.Reason == ExitReason.Open ? t.Profit - t.Commission + t.Financing
                : t.NetProfit)).ShouldBe(result.Equity.Final, 1e-6);
            if (result.Equity.Final == 0) ruined++;
        }
        ruined.ShouldBeInRange(5, 55);
    }
}
