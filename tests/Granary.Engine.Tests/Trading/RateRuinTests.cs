using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>
/// An account that holds nothing and owes another currency ends when a rate has left it without equity. The figures are by hand: 100 units
/// are bought at 100 and sold at 50, which leaves a debt of 5,000 against 10,000 of its own.
/// </summary>
public sealed class RateRuinTests
{
    private static readonly DateTime s_start = new(2024, 3, 4, 14, 30, 0, DateTimeKind.Utc);

    // The rate is 1, and three at the close of the bar with a number, for one bar.
    private static Instrument Foreign(int bar, double rate, TimeSpan length)
    {
        long[] times = [1, s_start.Ticks + (bar + 1) * length.Ticks, s_start.Ticks + (bar + 2) * length.Ticks];
        return new Instrument { Symbol = "TEST", Currency = "JPY", Rates = new RateSeries(times, [1, rate, 1], times, long.MaxValue, "") };
    }

    private static Scenario Bars(Scenario s)
    {
        s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(50, 50, 50, 50, b => b.Exit()).Bar(50, 50, 50, 50);
        for (var i = 4; i < 12; i++) s.Bar(50, 50, 50, 50, i == 9 ? b => b.Enter(Side.Buy) : null);
        return s;
    }

    [Theory]
    [InlineData(1.9, 5_000)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    public void A_flat_account_ends_at_the_rate_that_leaves_nothing(double rate, double final)
    {
        foreach (var block in (int[])[1, 3, 1024])
        {
            var s = Bars(new Scenario
            {
                Settings = new() { Cash = 10_000, Size = SizeRule.Units(100) },
                Execution = new() { Leverage = 1 },
                Instrument = Foreign(6, rate, TimeSpan.FromMinutes(1)),
            });
            var result = s.Run(block);
            result.Equity.Final.ShouldBe(final, $"in blocks of {block}");
            // A closed account makes no signals, also when the rate is as before. Each run of the scenario records its own.
            s.Signals.Count.ShouldBe(final > 0 ? 2 : 1);
            if (final == 0) result.Equity.MaxDrawdown.ShouldBe(1);
        }
    }

    [Fact]
    public void A_position_that_a_rate_ruins_is_closed_in_blocks_of_any_length()
    {
        foreach (var block in (int[])[1, 3, 1024])
        {
            // Bought for 10,000 and worth 5,000: at the rate of three the debt of the account is 5,000 times three more than it has.
            var s = new Scenario
            {
                Settings = new() { Cash = 10_000, Size = SizeRule.Units(100) },
                Execution = new() { Leverage = 1 },
                Instrument = Foreign(6, 3, TimeSpan.FromMinutes(1)),
            };
            s.Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100);
            for (var i = 2; i < 12; i++) s.Bar(50, 50, 50, 50);
            s.Run(block).Equity.Final.ShouldBe(0, 1e-9, $"in blocks of {block}");
            s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(ExitReason.Ruined);
        }
    }

    [Theory]
    [InlineData(1.9, 5_000)]
    [InlineData(3, 0)]
    public void A_paper_account_ends_so_too_and_its_ledger_has_what_the_broker_wrote_off(double rate, double final)
    {
        var day = TimeSpan.FromDays(1);
        var instrument = Foreign(6, rate, day);
        var venue = new SimulatedExchange(new PaperSettings { Cash = 10_000 }, new ExecutionSettings(),
            new Dictionary<string, Instrument> { ["TEST"] = instrument });
        var ledger = new AccountLedger(10_000, [instrument], new ExecutionSettings());
        for (var i = 0; i < 10; i++)
        {
            var (open, price) = (s_start.Ticks + i * day.Ticks, i < 2 ? 100.0 : 50);
            if (i is 1 or 3) Send(i == 1 ? Side.Buy : Side.Sell, i == 1 ? null : "1");
            venue.OnBars(open + day.Ticks, [new ClosedBar("TEST", new Bar(open, price, price, price, price, 1), Timeframe.D1)]);
            foreach (var e in venue.Poll(ledger.VenueSequence)) ledger.Report(e, out _);
            ledger.Reach(open + day.Ticks);
            if (i == 4) venue.HasWork.ShouldBeTrue("a debt grows with a rate");
            // Of 10,000 with a debt of 5,000 at the rate of then.
            if (i == 6) ledger.Cash.ShouldBe(rate < 2 ? 10_000 - 5_000 * rate : 0, 1e-9);
        }
        venue.Cash.ShouldBe(final);
        ledger.Cash.ShouldBe(final, 1e-9);
        venue.HasWork.ShouldBe(final > 0);
        ledger.Financing.ShouldBe(final > 0 ? 0 : 5_000, 1e-9);

        void Send(Side side, string? closes)
        {
            var order = new BrokerOrder
            {
                ClientId = closes is null ? "1" : "2",
                Symbol = "TEST",
                Side = side,
                Type = OrderType.Market,
                Quantity = 100,
                Closes = closes,
                CreatedAt = venue.Timestamp,
            };
            ledger.Intend(new OrderIntended(venue.Timestamp, order, closes is null ? OrderRole.Entry : OrderRole.Exit, 1, ExitReason.Signal)
            { Strategy = "S", Symbol = "TEST" });
            venue.Submit(order);
        }
    }
}
