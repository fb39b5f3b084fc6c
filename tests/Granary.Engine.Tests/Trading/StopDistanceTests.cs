using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Trailing stops that begin after a profit, and stops and targets in average true ranges.</summary>
public sealed class StopDistanceTests
{
    private static Scenario Trailed(Side side, TrailFrom from = TrailFrom.High) => new Scenario
    {
        Settings = new()
        {
            Cash = 10_000,
            Size = SizeRule.Units(10),
            StopLossPercent = 10,
            TrailingStopPercent = 2,
            TrailingStartPercent = 3,
            TrailFrom = from,
        },
    }.Bar(100, 100, 100, 100, b => b.Enter(side));

    private static (int Bar, double Price, ExitReason Reason) Exit(Scenario s)
    {
        s.Run();
        var trade = s.Closed.Single();
        return (s.BarOf(trade.ExitTime), Math.Round(trade.ExitPrice, 10), trade.Reason);
    }

    // The example of freqtrade's page on stops: bought at 100, a stop of 10 percent, an offset of 3 and a trailing stop of 2. The stop
    // stays at 90 until the price is at 103; then it is 2 percent below it, 100.94.
    [Fact]
    public void A_trailing_stop_with_an_offset_works_once_the_profit_is_reached()
    {
        Exit(Trailed(Side.Buy).Bar(100, 102.9, 99, 102).Bar(102, 102, 95, 96).Bar(96, 103, 96, 102).Bar(102, 102.5, 101, 101)
            .Bar(101, 101, 100, 100)).ShouldBe((5, 100.94, ExitReason.TrailingStop));
        // Without the profit the first stop alone works.
        Exit(Trailed(Side.Buy).Bar(100, 102.9, 99, 102).Bar(102, 102, 89, 90)).ShouldBe((2, 90, ExitReason.Stop));
    }

    [Fact]
    public void It_trails_further_with_the_price() =>
        // 104 · 0.98 = 101.92; the bar that opens below it fills at its open.
        Exit(Trailed(Side.Buy).Bar(100, 103, 99, 103).Bar(103, 104, 102, 103).Bar(101.5, 102, 101, 101))
            .ShouldBe((3, 101.5, ExitReason.TrailingStop));

    [Fact]
    public void A_short_trade_trails_once_the_price_has_fallen_far_enough() =>
        // 97 · 1.02 = 98.94.
        Exit(Trailed(Side.Sell).Bar(100, 101, 97.1, 98).Bar(98, 100, 97.2, 98).Bar(98, 98, 97, 97.5).Bar(97.5, 99.5, 97.4, 99))
            .ShouldBe((4, 98.94, ExitReason.TrailingStop));

    [Fact]
    public void The_profit_counts_at_the_price_that_trails() =>
        // Closes of 102 and 103: the high of 104 on bar 1 does not count.
        Exit(Trailed(Side.Buy, TrailFrom.Close).Bar(100, 104, 99, 102).Bar(102, 103, 99, 103).Bar(103, 103, 100, 101))
            .ShouldBe((3, 100.94, ExitReason.TrailingStop));

    // Bars from 1 below to 1 above 100: each true range is 2, and so is its average.
    private static Scenario Ranges(TradingSettings settings, Side side, Instrument? instrument = null)
    {
        var s = new Scenario
        {
            Settings = settings with { Cash = 10_000, AtrBars = 3 },
            Instrument = instrument ?? new Instrument { Symbol = "TEST" },
        };
        for (var i = 0; i < 5; i++) s.Bar(100, 101, 99, 100, i == 4 ? b => b.Enter(side) : null);
        return s;
    }

    private static readonly TradingSettings InRanges = new() { Size = SizeRule.Units(10), StopLossAtr = 1.5, TakeProfitAtr = 2 };

    [Theory]
    // The entry fills at 100.5: the stop is 3 away, the target 4.
    [InlineData(Side.Buy, 97.5, 104.5)]
    [InlineData(Side.Sell, 103.5, 96.5)]
    public void A_stop_and_a_target_count_in_average_true_ranges_of_the_signal(Side side, double stop, double target)
    {
        Exit(Ranges(InRanges, side).Bar(100.5, 101, 100, 100.5).Bar(100.5, Math.Max(stop, 100.5), Math.Min(stop, 100.5), 100.5))
            .ShouldBe((6, stop, ExitReason.Stop));
        Exit(Ranges(InRanges, side).Bar(100.5, 101, 100, 100.5).Bar(100.5, Math.Max(target, 100.5), Math.Min(target, 100.5), 100.5))
            .ShouldBe((6, target, ExitReason.Target));
    }

    [Fact]
    public void A_range_after_the_signal_changes_nothing() =>
        Exit(Ranges(InRanges, Side.Buy).Bar(100.5, 104.4, 97.6, 100.5).Bar(100.5, 104.4, 97.6, 100.5).Bar(100.5, 104.5, 100, 104))
            .ShouldBe((7, 104.5, ExitReason.Target));

    [Fact]
    public void Risk_is_sized_by_the_stop_in_average_true_ranges()
    {
        var s = Ranges(InRanges with { Size = new SizeRule(SizeKind.RiskPercent, 1) }, Side.Buy).Bar(100, 101, 99, 100);
        s.Run();
        // 1 percent of 10,000 over a distance of 3.
        (s.Signals.Single().Quantity, s.Signals.Single().Stop, s.Signals.Single().Target).ShouldBe((100.0 / 3, 97, 104));
    }

    [Fact]
    public void A_trailing_stop_is_average_true_ranges_below_the_best_close()
    {
        var settings = new TradingSettings { Size = SizeRule.Units(10), TrailingStopAtr = 1 };
        // Closes of 100.5 and 103: the stop is at 101.
        Exit(Ranges(settings, Side.Buy).Bar(100, 101, 99, 100.5).Bar(100.5, 103, 100, 103).Bar(103, 103, 100.5, 102))
            .ShouldBe((7, 101, ExitReason.TrailingStop));
        Exit(Ranges(settings, Side.Sell).Bar(100, 101, 99, 99.5).Bar(99.5, 100, 97, 97).Bar(97, 99.5, 97, 98))
            .ShouldBe((7, 99, ExitReason.TrailingStop));
    }

    [Fact]
    public void Levels_are_on_the_tick() =>
        // 97.5 on ticks of 2 is 98.
        Exit(Ranges(InRanges, Side.Buy, new() { Symbol = "TEST", TickSize = 2 }).Bar(100.5, 101, 100, 100.5).Bar(100.5, 101, 97, 100))
            .ShouldBe((6, 98, ExitReason.Stop));

    [Fact]
    public void A_strategy_is_called_once_the_range_has_a_value()
    {
        var s = new Scenario { Settings = InRanges with { Cash = 10_000, AtrBars = 3 } };
        for (var i = 0; i < 6; i++) s.Bar(100, 101, 99, 100, b => b.Enter(Side.Buy));
        s.Run();
        // True ranges begin with the second bar, since the first has no close before it.
        s.BarOf(s.Signals[0].Time).ShouldBe(3);
    }

    [Fact]
    public void A_stop_that_the_strategy_sets_takes_precedence()
    {
        var s = new Scenario { Settings = InRanges with { Cash = 10_000, AtrBars = 3 } };
        for (var i = 0; i < 5; i++)
            s.Bar(100, 101, 99, 100, i == 4 ? b => b.Enter(Side.Buy, new EntryOptions { StopLoss = 99.5 }) : null);
        Exit(s.Bar(100, 100, 99.6, 100).Bar(100, 100, 99, 100)).ShouldBe((6, 99.5, ExitReason.Stop));
    }

    [Fact]
    public void A_split_halves_the_distance()
    {
        var start = new DateTime(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TrailingStopAtr = 1, AtrBars = 3 },
            Timeframe = Timeframe.D1,
            Start = start,
            Instrument = new() { Symbol = "TEST", CorporateActions = [new CorporateAction(start.AddDays(6).Ticks, 2, 0)] },
        };
        for (var i = 0; i < 5; i++) s.Bar(100, 101, 99, 100, i == 4 ? b => b.Enter(Side.Buy) : null);
        // The best close is 104 before and 53 after the split: the stop is 1 below it.
        Exit(s.Bar(100, 104, 99, 104).Bar(52, 53, 51.5, 53).Bar(53, 53, 51.9, 52)).ShouldBe((7, 52, ExitReason.TrailingStop));
    }
}
