using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>
/// Which orders pay the maker fee, in a strategy's account, the portfolio and the paper broker: those that rested in the book and filled at
/// their price. An order that trades when it arrives is a taker, also at its own price.
/// </summary>
public sealed class MakerFeeTests
{
    private const double Taker = 0.1, Maker = 0.02;

    private static ExecutionSettings Execution { get; } = new() { Fee = new FeeSchedule([new FeeTier(0, Taker, Maker)]) };

    private static TradingSettings Settings { get; } = new() { Cash = 100_000, Size = SizeRule.Units(10) };

    public static TheoryData<string, OrderType, Side, double[], double, double> Entries => new()
    {
        // The order is sent at a close of 100. Name, type, side; limit, stop and open of the next bar; price, rate.
        { "a market order", OrderType.Market, Side.Buy, [0, 0, 100], 100, Taker },
        { "a stop within the bar", OrderType.Stop, Side.Buy, [0, 102, 100], 102, Taker },
        { "a stop at the open", OrderType.Stop, Side.Sell, [0, 99, 98], 98, Taker },
        { "a limit that rests below the market", OrderType.Limit, Side.Buy, [98, 0, 100], 98, Maker },
        { "a limit that rests above the market", OrderType.Limit, Side.Sell, [102, 0, 100], 102, Maker },
        { "a limit above the open that it meets", OrderType.Limit, Side.Buy, [101, 0, 100], 100, Taker },
        { "a limit below the open that it meets", OrderType.Limit, Side.Sell, [99, 0, 100], 100, Taker },
        { "a limit at the open that it meets", OrderType.Limit, Side.Buy, [100, 0, 100], 100, Taker },
        { "a short limit at the open that it meets", OrderType.Limit, Side.Sell, [100, 0, 100], 100, Taker },
        { "a stop-limit that trades at its stop", OrderType.StopLimit, Side.Buy, [102, 102, 100], 102, Taker },
        { "a stop-limit with room", OrderType.StopLimit, Side.Sell, [97, 98, 100], 98, Taker },
        { "a stop-limit that the open triggers at its limit", OrderType.StopLimit, Side.Buy, [101, 101, 101], 101, Taker },
    };

    [Theory, MemberData(nameof(Entries))]
    public void An_entry_pays_by_whether_it_rested(string name, OrderType type, Side side, double[] prices, double price, double rate)
    {
        var orders = Run(type, side, prices[0], prices[1], [(100, 100, 100, 100), (prices[2], 103, 97, 100), (100, 100, 100, 100)]);
        Paid(orders, price, rate, name);
    }

    [Fact]
    public void A_limit_that_waited_for_a_bar_is_a_maker_when_a_later_one_opens_at_its_price()
    {
        Paid(Opening(98), 98, Maker, "at its price");
        // The market's price, which is better, was not the order's.
        Paid(Opening(96), 96, Taker, "at a better price");

        FollowedOrders Opening(double open) => Run(OrderType.Limit, Side.Buy, 98, 0,
            [(100, 100, 100, 100), (100, 101, 99, 100), (open, 99, 96, 98), (98, 98, 98, 98)]);
    }

    [Fact]
    public void A_stop_limit_that_waits_at_its_limit_after_the_trigger_is_a_maker()
    {
        var orders = Run(OrderType.StopLimit, Side.Buy, 101, 102, [(100, 100, 100, 100), (100, 103, 100, 103), (102, 103, 100, 102),
            (102, 102, 102, 102)]);
        Paid(orders, 101, Maker, "stop-limit");
    }

    [Theory]
    // Open of the bar that reaches the target of 102 or the stop of 98; the exit's price and rate.
    [InlineData(100, 103, 99, 102, Maker), InlineData(104, 105, 103, 104, Taker)]
    [InlineData(100, 101, 97, 98, Taker), InlineData(96, 97, 95, 96, Taker)]
    public void A_target_at_its_price_is_a_maker_and_a_stop_never(double open, double high, double low, double price, double rate)
    {
        var orders = FollowedOrders.Over(new Entering(OrderType.Market, Side.Buy, 0, 0, stopLoss: 98, target: 102),
            Series, Bars([(100, 100, 100, 100), (100, 100, 100, 100), (open, high, low, open), (100, 100, 100, 100)]), Settings, Execution);
        var trade = orders.Trades.ShouldHaveSingleItem();
        trade.ExitPrice.ShouldBe(price);
        var fees = 10 * 100 * Taker / 100 + 10 * price * rate / 100;
        trade.Commission.ShouldBe(fees, 1e-9);
        orders.Fills.Sum(f => f.Fee).ShouldBe(fees, 1e-9);
        orders.Portfolio.Commission.ShouldBe(fees, 1e-9);
    }

    [Fact]
    public void The_rest_of_a_limit_that_the_first_volume_filled_in_part_rests()
    {
        var recorder = new TradeRecorder();
        // A tenth of the volume: 6 of 10 units in the first bar.
        Bar[] bars = [.. Bars([(100, 100, 100, 100), (100, 100, 100, 100), (100, 101, 99, 100), (100, 100, 100, 100)])
            .Select(b => b with { Volume = 60 })];
        SingleRun.Of(new Entering(OrderType.Limit, Side.Buy, 100, 0), Series, bars, Settings, Execution with { VolumeShare = 0.1 },
            recorder);
        recorder.Fills.Select(f => (f.Quantity, f.IsMaker)).ShouldBe([(6, false), (4, true)]);
    }

    private static MarketSeries Series { get; } = new(new Instrument { Symbol = "TEST" }, Timeframe.H1);

    private static Bar[] Bars((double Open, double High, double Low, double Close)[] prices) => [.. prices.Select((p, i) =>
        new Bar(new DateTime(2024, 3, 4, i, 0, 0, DateTimeKind.Utc).Ticks, p.Open, p.High, p.Low, p.Close, 1_000))];

    private static FollowedOrders Run(OrderType type, Side side, double limit, double stop,
        (double Open, double High, double Low, double Close)[] prices) =>
        FollowedOrders.Over(new Entering(type, side, limit, stop), Series, Bars(prices), Settings, Execution);

    private static void Paid(FollowedOrders orders, double price, double rate, string name)
    {
        var fee = 10 * price * rate / 100;
        var fill = orders.StrategyFills.ShouldHaveSingleItem(name);
        (fill.Price, fill.IsMaker).ShouldBe((price, rate == Maker), name);
        fill.Commission.ShouldBe(fee, 1e-9, name);
        var atVenue = orders.Fills.ShouldHaveSingleItem(name);
        atVenue.Price.ShouldBe(price, name);
        atVenue.Fee.ShouldBe(fee, 1e-9, name);
        orders.Portfolio.Commission.ShouldBe(fee, 1e-9, name);
    }

    private sealed class Entering(OrderType type, Side side, double limit, double stop, double stopLoss = 0, double target = 0) : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            if (bar.BarNumber == 0)
                bar.Enter(side, new EntryOptions
                {
                    Type = type,
                    LimitPrice = limit,
                    StopPrice = stop,
                    StopLoss = stopLoss,
                    TakeProfit = target,
                });
        }
    }
}
