using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Interest on the cash of a strategy's account, calculated by hand: 3.65 % a year are a ten-thousandth of it a night.</summary>
public sealed class InterestTests
{
    private static readonly ExecutionSettings Interest = new()
    {
        Interest = new InterestSettings("USD", new Dictionary<string, InterestTerms>
        {
            ["USD"] = new InterestTerms(YearlyRates.Of(0.0365), 0, 0),
        }),
    };

    private static readonly DateTime Noon = new(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc);

    private static Scenario Flat(int bars, long until = long.MaxValue)
    {
        var s = new Scenario
        {
            Execution = Interest,
            Timeframe = Timeframe.H6,
            Start = Noon,
            Settings = new TradingSettings { Cash = 100_000, TradeUntil = until },
        };
        for (var i = 0; i < bars; i++) s.Bar(10, 10, 10, 10);
        return s;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Bars_within_a_day_earn_each_night_once(int block)
    {
        // 12:00 and 18:00, then two whole days: the nights before the third and the seventh bar.
        var result = Flat(10).Run(block);
        result.Equity.Final.ShouldBe(100_000 * 1.0001 * 1.0001, 1e-6);
        result.Digest.ShouldBe(Flat(10).Run().Digest);
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(18, 1)]
    [InlineData(36, 2)]
    [InlineData(42, 2)]
    public void An_account_that_is_handed_over_within_a_day_has_no_interest_of_a_night_after_it(int hours, int nights)
    {
        // Also where the bar of the hand-over is the first of its day: that night was before it.
        foreach (var block in (int[])[1, 4, 100])
            Flat(16, Noon.AddHours(hours).Ticks).Run(block).Trades.Financing.ShouldBe(100_000 * (Math.Pow(1.0001, nights) - 1), 1e-6);
    }

    [Fact]
    public void A_stop_between_two_nights_works_as_without_interest()
    {
        // Bought for 1,000 at the second bar; the stop at 90 loses 100 in the fourth bar, at 06:00.
        var s = new Scenario
        {
            Execution = Interest,
            Timeframe = Timeframe.H6,
            Start = Noon,
            Settings = new TradingSettings { Cash = 100_000, Size = SizeRule.Units(10), StopLossPercent = 10 },
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100).Bar(95, 95, 85, 95)
            .Bar(95, 95, 95, 95).Bar(95, 95, 95, 95).Bar(95, 95, 95, 95);
        var result = s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, s.BarOf(trade.ExitTime), trade.Profit).ShouldBe((ExitReason.Stop, 3, -100));
        result.Equity.Final.ShouldBe((99_000 * 1.0001 + 900) * 1.0001, 1e-6);
    }
}
