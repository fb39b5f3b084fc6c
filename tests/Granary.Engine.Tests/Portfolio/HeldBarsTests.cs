using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>
/// A trade that the portfolio closes itself was held as many bars of its strategy's timeframe as one that its strategy closes.
/// </summary>
public sealed class HeldBarsTests
{
    private static readonly long Start = new DateTime(2026, 1, 5).Ticks;

    // Short 60 at 100: at 280 nothing is left of 10,000.
    private static PortfolioRun Run(SessionCalendar calendar) =>
        new(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A", Calendar = calendar }],
        [
            new PortfolioMember("Hourly", [0], 1) { Timeframe = Timeframe.H1 },
            new PortfolioMember("Longer", [0], 1) { Timeframe = Timeframe.H4 },
        ]);

    private static void Enter(PortfolioRun run, int member, long time)
    {
        run.OnSignal(member, new Signal(1, time, Side.Sell, OrderType.Market, 100, 30, 0, 0, long.MaxValue)).ShouldBe(Decision.Accepted);
        run.OnEntry(member, 1, time, 100, 30, 0).ShouldBe(30);
    }

    private static void Bar(PortfolioRun run, long time, double close)
    {
        run.Mark(0, new Bar(time, close, close, close, close, 1));
        run.Revalue(time);
    }

    [Fact]
    public void Portfolio_counts_the_bars_of_each_strategys_timeframe_for_trades_that_it_closes_itself()
    {
        var run = Run(SessionCalendar.Continuous);
        for (var hour = 0; hour < 8; hour++) Bar(run, Start + hour * TimeSpan.TicksPerHour, 100);
        Enter(run, 0, Start + 8 * TimeSpan.TicksPerHour);
        Enter(run, 1, Start + 8 * TimeSpan.TicksPerHour);
        // 08:00 to 17:00 without 12:00: 8 hours and 2 bars of four hours after the bar of entry.
        foreach (var hour in new[] { 8, 9, 10, 11, 13, 14, 15, 16 }) Bar(run, Start + hour * TimeSpan.TicksPerHour, 100);
        Bar(run, Start + 17 * TimeSpan.TicksPerHour, 300);
        run.CallMargin(Start + 17 * TimeSpan.TicksPerHour).Select(c => (c.Trade.Reason, c.Trade.Bars))
            .ShouldBe([(ExitReason.Ruined, 8), (ExitReason.Ruined, 2)]);
    }

    [Fact]
    public void Bars_of_a_trade_are_counted_from_the_session_and_from_an_entry_that_is_known_when_its_bar_has_closed()
    {
        // 14:30 to 21:00 UTC: bars of four hours open at 14:30 and 18:30.
        var run = Run(SessionCalendar.NewYork());
        var open = Start + TimeSpan.FromHours(14.5).Ticks;
        for (var hour = 0; hour < 3; hour++) Bar(run, open + hour * TimeSpan.TicksPerHour, 100);
        run.Mark(0, new Bar(open + 3 * TimeSpan.TicksPerHour, 100, 100, 100, 100, 1));
        Enter(run, 0, open + 3 * TimeSpan.TicksPerHour);
        Enter(run, 1, open);
        for (var hour = 4; hour < 6; hour++) Bar(run, open + hour * TimeSpan.TicksPerHour, 100);
        Bar(run, open + TimeSpan.TicksPerDay, 300);
        run.CallMargin(open + TimeSpan.TicksPerDay).Select(c => c.Trade.Bars).ShouldBe([3, 2]);
    }

    [Fact]
    public void A_member_that_gets_its_weight_later_at_a_shorter_timeframe_has_its_bars_counted_from_then_on()
    {
        var run = new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }],
        [
            new PortfolioMember("Hourly", [0], 0) { Timeframe = Timeframe.H1 },
            new PortfolioMember("Longer", [0], 1) { Timeframe = Timeframe.H4 },
        ]);
        Bar(run, Start, 100);
        Enter(run, 1, Start + 4 * TimeSpan.TicksPerHour);
        Bar(run, Start + 4 * TimeSpan.TicksPerHour, 100);
        // From 08:00 on there are hourly marks: three hours and half a bar of four hours more, then the ruin.
        run.SetWeight(0, 1);
        Bar(run, Start + 8 * TimeSpan.TicksPerHour, 100);
        Enter(run, 0, Start + 9 * TimeSpan.TicksPerHour);
        foreach (var hour in new[] { 9, 10, 11, 12 }) Bar(run, Start + hour * TimeSpan.TicksPerHour, 100);
        Bar(run, Start + 13 * TimeSpan.TicksPerHour, 300);
        run.CallMargin(Start + 13 * TimeSpan.TicksPerHour).Select(c => (c.Trade.Reason, c.Trade.Bars))
            .ShouldBe([(ExitReason.Ruined, 4), (ExitReason.Ruined, 2)]);
    }
}
