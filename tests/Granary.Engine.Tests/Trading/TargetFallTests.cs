using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>
/// Targets that fall with time, with the table of freqtrade's minimal_roi: 4 percent at once, 2 after 20 minutes, 1 after 30, 0 after 40.
/// Each entry fills at 100, the open of bar 1; bars have ten minutes, so that bar 3 opens after 20.
/// </summary>
public sealed class TargetFallTests
{
    private static TargetFall After(int minutes, double percent) => new() { After = TimeSpan.FromMinutes(minutes), Percent = percent };

    private static readonly IReadOnlyList<TargetFall> Table = [After(20, 2), After(30, 1), After(40, 0)];

    private static Scenario Of(Side side = Side.Buy, double percent = 4, IReadOnlyList<TargetFall>? falls = null) => new Scenario
    {
        Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TakeProfitPercent = percent, TakeProfitOverTime = falls ?? Table },
        Timeframe = Timeframe.M10,
    }.Bar(100, 100, 100, 100, b => b.Enter(side));

    private static (int Bar, double Price) Exit(Scenario s)
    {
        s.Run();
        var trade = s.Closed.Single();
        trade.Reason.ShouldBe(ExitReason.Target);
        return (s.BarOf(trade.ExitTime), trade.ExitPrice);
    }

    [Fact]
    public void The_first_target_works_until_the_first_time_has_passed() =>
        // 10 minutes after the entry, 103.9 is less than 4 percent; after 20 it is more than 2.
        Exit(Of().Bar(100, 103.9, 99, 101).Bar(101, 103.9, 99, 101).Bar(101, 102.1, 100, 101)).ShouldBe((3, 102));

    [Fact]
    public void A_bar_that_opens_beyond_the_fallen_target_fills_at_its_open() =>
        Exit(Of().Bar(100, 101, 99, 101).Bar(101, 103, 99, 103).Bar(103, 103.5, 102.5, 103)).ShouldBe((3, 103));

    [Fact]
    public void Later_targets_follow_in_their_order()
    {
        Exit(Of().Bar(100, 101, 98, 99).Bar(99, 101.5, 98, 99).Bar(99, 101.9, 98, 99).Bar(99, 101.2, 98, 99)).ShouldBe((4, 101));
        // Without a gain after 40 minutes: at the entry's price.
        Exit(Of().Bar(100, 101, 98, 99).Bar(99, 99, 98, 99).Bar(99, 99.5, 98, 99).Bar(99, 99.9, 98, 99).Bar(99, 100.2, 98, 99))
            .ShouldBe((5, 100));
    }

    [Fact]
    public void Targets_of_a_short_trade_rise_to_its_entry() =>
        Exit(Of(Side.Sell).Bar(100, 101, 96.1, 99).Bar(99, 101, 96.1, 99).Bar(99, 100, 97.9, 99)).ShouldBe((3, 98));

    [Fact]
    public void A_target_below_the_entry_closes_a_trade_at_a_loss() =>
        // After 30 minutes anything above 95 will do: bar 4 opens at 97.
        Exit(Of(falls: [After(30, -5)]).Bar(100, 101, 96, 97).Bar(97, 98, 96, 97).Bar(97, 98, 96, 97).Bar(97, 98, 96, 97))
            .ShouldBe((4, 97));

    [Fact]
    public void Without_a_first_target_there_is_none_until_the_first_time_has_passed() =>
        Exit(Of(percent: 0).Bar(100, 120, 99, 101).Bar(101, 120, 99, 101).Bar(101, 102.1, 100, 101)).ShouldBe((3, 102));

    [Fact]
    public void Time_passes_while_the_market_is_closed()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TakeProfitPercent = 4, TakeProfitOverTime = Table },
            Timeframe = Timeframe.M10,
        };
        var noon = new DateTime(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc);
        s.BarAt(noon, 100, b => b.Enter(Side.Buy)).BarAt(noon.AddMinutes(10), 100).BarAt(noon.AddHours(10), 101.5);
        Exit(s).ShouldBe((2, 101.5));
    }

    [Fact]
    public void A_target_that_the_strategy_sets_does_not_fall()
    {
        var s = new Scenario
        {
            Settings = new() { Cash = 10_000, Size = SizeRule.Units(10), TakeProfitPercent = 4, TakeProfitOverTime = Table },
            Timeframe = Timeframe.M10,
        };
        s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { TakeProfit = 106 }));
        for (var i = 0; i < 6; i++) s.Bar(101, 103, 100, 101);
        Exit(s.Bar(101, 107, 100, 101)).ShouldBe((7, 106));
    }

    [Fact]
    public void A_stop_and_the_fallen_target_in_one_bar_follow_the_intrabar_rule()
    {
        foreach (var (rule, price) in new[] { (IntrabarRule.StopFirst, 98.0), (IntrabarRule.TargetFirst, 102.0) })
        {
            var s = new Scenario
            {
                Settings = new()
                {
                    Cash = 10_000,
                    Size = SizeRule.Units(10),
                    StopLossPercent = 2,
                    TakeProfitPercent = 4,
                    TakeProfitOverTime = Table
                },
                Execution = new() { Intrabar = rule },
                Timeframe = Timeframe.M10,
            };
            s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100).Bar(100, 103, 97, 100);
            s.Run();
            s.Closed.Single().ExitPrice.ShouldBe(price);
        }
    }
}
