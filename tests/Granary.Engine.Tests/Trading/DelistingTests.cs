using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>The bars of a delisted symbol end with one at the price of the delisting, which closes its positions.</summary>
public sealed class DelistingTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 14, 30, 0, DateTimeKind.Utc);

    private static Instrument Delisted(DateTime at) => new() { Symbol = "TEST", DelistedAt = at.Ticks };

    [Theory]
    [InlineData(Side.Buy, 35)]
    [InlineData(Side.Sell, 35)]
    public void A_position_is_closed_at_the_price_of_the_delisting_before_its_stop_and_its_target(Side side, double price)
    {
        var s = new Scenario
        {
            Instrument = Delisted(Start.AddMinutes(3)),
            Settings = new TradingSettings { Cash = 10_000, Size = SizeRule.Units(10), StopLossPercent = 5, TakeProfitPercent = 5 },
        }.Bar(100, 100, 100, 100, b => b.Enter(side)).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100)
            .Bar(price, price, price, price);
        var result = s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, trade.ExitPrice, trade.ExitTime).ShouldBe((ExitReason.Delisted, price, Start.AddMinutes(3).Ticks));
        // 10 bought, or sold, at 100.
        trade.Profit.ShouldBe((int)side * 10 * (35 - 100.0), 1e-9);
        result.Equity.Final.ShouldBe(10_000 + (int)side * -650, 1e-9);
    }

    [Fact]
    public void A_waiting_entry_is_cancelled_and_a_later_one_refused()
    {
        var s = new Scenario { Instrument = Delisted(Start.AddMinutes(2)) }
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 40 }))
            // This entry would fill at the open of the delisting.
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Sell))
            .Bar(35, 35, 35, 35, b => { b.Enter(Side.Buy); b.Submit(new OrderRequest(Side.Buy, 1)); });
        var result = s.Run();
        s.Trades.ShouldBeEmpty();
        result.SignalEnds[SignalEnd.Cancelled].ShouldBe(2);
        result.SignalEnds[SignalEnd.Delisted].ShouldBe(2);
    }

    [Fact]
    public void In_a_daily_bar_made_of_minutes_the_whole_day_is_that_of_the_delisting()
    {
        var hours = SessionCalendar.NewYork();
        var instrument = new Instrument { Symbol = "TEST", Calendar = hours, DelistedAt = new DateTime(2024, 3, 6, 16, 0, 0).Ticks };
        var s = new Scenario { Instrument = instrument, Timeframe = Timeframe.D1, Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc) }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100, b => b.Exit())
            // The day opens at 98, where the exit would have filled, and its minutes end at 35.
            .Bar(98, 102, 35, 35);
        s.Run();
        var trade = s.Closed.Single();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Delisted, 35));
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    [InlineData(61, true)]
    public void An_hour_is_delisted_from_the_one_on_in_which_it_happens(int minute, bool isIn) =>
        Delisted(Start.Date.AddMinutes(60)).IsDelistedIn(Timeframe.M1, Start.Date.AddMinutes(minute).Ticks).ShouldBe(isIn);

    [Fact]
    public void A_strategy_with_several_symbols_goes_on_with_the_others()
    {
        var series = new[] { "A", "B" }.Select(n => new MarketSeries(
            n == "A" ? new Instrument { Symbol = n, DelistedAt = Start.Date.AddDays(2).Ticks }
                : new Instrument { Symbol = n }, Timeframe.D1)).ToList();
        Bar Of(int day, double price) => new(Start.Date.AddDays(day).Ticks, price, price, price, price, 1);
        var outcome = Backtesting.StrategyBacktest.Run(new BuysBoth(), series,
            [[Of(0, 100), Of(1, 100), Of(2, 35)], [Of(0, 100), Of(1, 100), Of(2, 100), Of(3, 100), Of(4, 100)]],
            new TradingSettings { Size = SizeRule.Units(10) });
        var a = outcome.Trades.Single(t => t.SymbolIndex == 0 && t.Reason != ExitReason.Open);
        (a.Reason, a.ExitPrice).ShouldBe((ExitReason.Delisted, 35));
        // It tries A again on the day itself and on each of the two later ones.
        outcome.Result.SignalEnds[SignalEnd.Delisted].ShouldBe(3);
    }

    private sealed class BuysBoth : MultiSymbolStrategy
    {
        public override int LeastSymbols => 2;

        public override int MostSymbols => 2;

        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var symbol in bar.Symbols) symbol.Enter(Side.Buy);
        }
    }

    [Fact]
    public void A_paper_account_closes_at_the_same_price()
    {
        var venue = new SimulatedExchange(new PaperSettings(), new ExecutionSettings(),
            new Dictionary<string, Instrument> { ["TEST"] = Delisted(new DateTime(Timeframe.D1.Ticks * 2)) });
        Day(0, 100);
        Send("entry", 1, OrderType.Market, 0);
        Send("waits", 1, OrderType.Limit, 40);
        Day(1, 100);
        Day(2, 35);
        venue.Cash.ShouldBe(100_000 + 10 * (35 - 100.0), 1e-9);
        venue.Snapshot().Positions.ShouldBeEmpty();
        venue.Find("waits")!.Reason.ShouldBe("TEST was delisted");
        Send("later", 3, OrderType.Market, 0).Reason.ShouldBe("TEST was delisted");

        void Day(int day, double price) => venue.OnBars((day + 1) * Timeframe.D1.Ticks,
            [new ClosedBar("TEST", new Bar(day * Timeframe.D1.Ticks, price, price, price, price, 1), Timeframe.D1)]);

        BrokerOrderStatus Send(string id, int day, OrderType type, double limit) => venue.Submit(new BrokerOrder
        {
            ClientId = id,
            Symbol = "TEST",
            Side = Side.Buy,
            Type = type,
            Quantity = 10,
            LimitPrice = limit,
            CreatedAt = day * Timeframe.D1.Ticks,
        });
    }
}
