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

    [Fact]
    public void Portfolio_counts_the_bars_of_each_strategys_timeframe_for_trades_that_it_closes_itself()
    {
        var host = new PortfolioHost(new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }],
            [new PortfolioMember("Hourly", [0], 1) { Timeframe = Timeframe.H1 },
                new PortfolioMember("Longer", [0], 1) { Timeframe = Timeframe.H4 }]));
        for (var hour = 0; hour <= 17; hour++)
        {
            // Short 60 at 100: at 280 nothing is left of 10,000.
            host.Add(0, Timeframe.H1, PortfolioHost.Flat(Start + hour * TimeSpan.TicksPerHour, hour == 17 ? 300 : 100));
            if (hour % 4 == 3) host.Add(0, Timeframe.H4, PortfolioHost.Flat(Start + (hour - 3) * TimeSpan.TicksPerHour, 100));
            host.EndRow();
            if (hour != 7) continue;
            host.Enter(0, 1, Side.Sell, 30, 100);
            host.Enter(1, 1, Side.Sell, 30, 100);
        }
        // From the bar of 08:00 to that of 17:00; and from the bar of 08:00 to that of 12:00, the last of four hours that has closed.
        host.Closed.Select(c => (c.Trade.Reason, c.Trade.Bars)).ShouldBe([(ExitReason.Ruined, 9), (ExitReason.Ruined, 1)]);
    }

    [Fact]
    public void A_trade_that_the_portfolio_closes_between_the_bars_of_its_timeframe_ends_at_that_time()
    {
        var host = new PortfolioHost(new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }],
            [new PortfolioMember("Hourly", [0], 1) { Timeframe = Timeframe.H1 },
                new PortfolioMember("Longer", [0], 1) { Timeframe = Timeframe.H4 }]));
        for (var hour = 0; hour <= 9; hour++)
        {
            // Short 60 at 100: at 280 nothing is left of 10,000.
            host.Add(0, Timeframe.H1, PortfolioHost.Flat(Start + hour * TimeSpan.TicksPerHour, hour == 9 ? 300 : 100));
            if (hour % 4 == 3) host.Add(0, Timeframe.H4, PortfolioHost.Flat(Start + (hour - 3) * TimeSpan.TicksPerHour, 100));
            host.EndRow();
            if (hour == 3) host.Enter(1, 1, Side.Sell, 60, 100);
        }
        host.Closed.ShouldHaveSingleItem().Trade.Reason.ShouldBe(ExitReason.Ruined);
        // In the row of the hourly bar of 09:00, and not in the last bar of four hours, of 04:00.
        new DateTime(host.Closed[0].Trade.ExitTime).ShouldBe(new DateTime(2026, 1, 5, 9, 0, 0));
        new DateTime(host.Fills[^1].Time).ShouldBe(new DateTime(2026, 1, 5, 9, 0, 0));
    }

    [Fact]
    public void Bars_without_data_do_not_count()
    {
        var host = new PortfolioHost(new PortfolioRun(10_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }],
            [new PortfolioMember("Hourly", [0], 1) { Timeframe = Timeframe.H1 }]));
        host.Flat(Timeframe.H1, Start, 100);
        host.Enter(0, 1, Side.Sell, 60, 100);
        foreach (var hour in new[] { 1, 2, 5, 6 }) host.Flat(Timeframe.H1, Start + hour * TimeSpan.TicksPerHour, 100);
        host.Flat(Timeframe.H1, Start + TimeSpan.TicksPerDay, 300);
        host.Closed.Select(c => (c.Trade.Reason, c.Trade.Bars)).ShouldBe([(ExitReason.Ruined, 4)]);
    }
}
