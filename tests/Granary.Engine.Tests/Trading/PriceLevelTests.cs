using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>A level that is a percentage of a price is reached by the price that a person computes, whatever the rounding of the product.
/// </summary>
public sealed class PriceLevelTests
{
    private static TradingSettings Settings(double stop = 0, double target = 0, double trail = 0) =>
        new() { Cash = 1e9, Size = SizeRule.Units(10), StopLossPercent = stop, TakeProfitPercent = target, TrailingStopPercent = trail };

    // Entered at the open of the second bar; the third bar goes as far as the extreme.
    private static Trade Run(TradingSettings settings, Side side, double entry, double extreme)
    {
        var s = new Scenario { Settings = settings }.Bar(entry, entry, entry, entry, b => b.Enter(side)).Bar(entry, entry, entry, entry)
            .Bar(entry, Math.Max(entry, extreme), Math.Min(entry, extreme), entry).Bar(entry, entry, entry, entry);
        s.Run();
        return s.Trades.ShouldHaveSingleItem();
    }

    [Theory]
    // 100 · 1.1 = 110.00000000000001; prices of one yen, of cents, and of eight decimals.
    [InlineData(100, 10, 110), InlineData(12300, 7, 13161), InlineData(29.30, 30, 38.09), InlineData(0.00001230, 10, 0.00001353)]
    [InlineData(61234.12345678, 100, 122468.24691356), InlineData(0.07, 10, 0.077)]
    public void A_bar_whose_extreme_is_the_level_reaches_target_stop_and_trail(double entry, double percent, double up)
    {
        var target = Run(Settings(target: percent), Side.Buy, entry, up);
        (target.Reason, target.ExitPrice).ShouldBe((ExitReason.Target, up));
        var stop = Run(Settings(stop: percent), Side.Sell, entry, up);
        (stop.Reason, stop.ExitPrice).ShouldBe((ExitReason.Stop, up));
        var trail = Run(Settings(trail: percent), Side.Sell, entry, up);
        (trail.Reason, trail.ExitPrice).ShouldBe((ExitReason.TrailingStop, up));
    }

    [Fact]
    public void Every_level_of_whole_cents_is_reached_by_a_bar_that_goes_there()
    {
        // In hundredths: the level is entry · (100 ± percent) / 100, exactly a whole number of them.
        for (var cents = 1000; cents < 30_000; cents += 100)
            for (var percent = 1; percent <= 20; percent++)
            {
                var (entry, up, down) = (cents / 100.0, cents / 100 * (100 + percent) / 100.0, cents / 100 * (100 - percent) / 100.0);
                Run(Settings(target: percent), Side.Buy, entry, up).ExitPrice.ShouldBe(up, $"{entry} + {percent} %");
                Run(Settings(stop: percent), Side.Buy, entry, down).ExitPrice.ShouldBe(down, $"{entry} - {percent} %");
                Run(Settings(target: percent), Side.Sell, entry, down).ExitPrice.ShouldBe(down, $"{entry} - {percent} % short");
            }
    }

    [Fact]
    public void A_bar_that_stays_a_tick_away_does_not()
    {
        Run(Settings(target: 10), Side.Buy, 100, 109.99).Reason.ShouldBe(ExitReason.Open);
        Run(Settings(stop: 10), Side.Sell, 0.00001230, 0.00001352).Reason.ShouldBe(ExitReason.Open);
        Run(Settings(target: 10), Side.Buy, 61234.12345678, 67357.535802457).Reason.ShouldBe(ExitReason.Open);
    }

    [Theory]
    [InlineData(0.98), InlineData(0.123456789), InlineData(1.0 / 3), InlineData(0.975 * 0.25)]
    public void Adjusted_prices_have_no_grid_and_reach_their_levels_too(double factor)
    {
        // As traded: entry 100, target 110. Both are multiplied by the factor, and the products are rounded.
        for (var raw = 50; raw < 150; raw++)
        {
            var trade = Run(Settings(target: 10), Side.Buy, raw * factor, raw * 1.1 * factor);
            trade.Reason.ShouldBe(ExitReason.Target, $"{raw} · {factor}");
            Run(Settings(target: 10), Side.Buy, raw * factor, (raw * 1.1 - 0.01) * factor).Reason.ShouldBe(ExitReason.Open);
        }
    }

    [Fact]
    public void A_limit_at_a_percentage_of_a_price_is_an_order_at_that_price()
    {
        // 90 · 1.1 = 99.00000000000001: a sell limit there is reached by 99, and a bar that opens at 99 fills it.
        var sell = new EntryOptions { Type = OrderType.Limit, LimitPrice = 90 * 1.1 };
        (90 * 1.1).ShouldBeGreaterThan(99);
        var within = new Scenario().Bar(90, 90, 90, 90, b => b.Enter(Side.Sell, sell)).Bar(90, 99, 90, 95).Bar(95, 95, 95, 95);
        within.Run();
        within.Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(99);
        var slipping = new ExecutionSettings { Slippage = new PercentSlippage(1) };
        var open = new Scenario { Execution = slipping }.Bar(90, 90, 90, 90, b => b.Enter(Side.Sell, sell)).Bar(99, 99, 95, 95)
            .Bar(95, 95, 95, 95);
        open.Run();
        open.Trades[0].EntryPrice.ShouldBe(99, "at its own price a limit does not slip");
        var stop = new EntryOptions { Type = OrderType.Stop, StopPrice = 90 * 1.1 };
        var entered = new Scenario().Bar(90, 90, 90, 90, b => b.Enter(Side.Buy, stop)).Bar(90, 99, 90, 95).Bar(95, 95, 95, 95);
        entered.Run();
        entered.Trades.ShouldHaveSingleItem().EntryPrice.ShouldBe(99);
    }

    [Fact]
    public void The_paper_account_reaches_the_same_levels()
    {
        var instruments = new Dictionary<string, Instrument> { ["X"] = new() { Symbol = "X" } };
        var venue = new SimulatedExchange(new PaperSettings { Cash = 10_000 }, new ExecutionSettings(), instruments);
        venue.Submit(new BrokerOrder
        {
            ClientId = "1-e",
            Symbol = "X",
            Side = Side.Buy,
            Type = OrderType.Market,
            Quantity = 10,
            ExpiresAt = long.MaxValue,
            Protection = new Protection(0, 0, 0, 0.1, 0, false, TrailFrom.Close),
        });
        var day = TimeSpan.TicksPerDay;
        venue.OnBars(day, [new ClosedBar("X", new Bar(0, 100, 101, 99, 100, 1), Timeframe.D1)]);
        venue.OnBars(2 * day, [new ClosedBar("X", new Bar(day, 100, 110, 99, 105, 1), Timeframe.D1)]);
        venue.Poll(0).Where(e => e.Fill is not null).Select(e => e.Fill!.Price).ShouldBe([100, 110]);
    }
}
