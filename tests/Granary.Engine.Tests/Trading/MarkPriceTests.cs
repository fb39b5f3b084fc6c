using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>
/// Mark prices liquidate, not the last prices: by hand, alike in a strategy's account, the portfolio and the simulated exchange.
/// </summary>
public sealed class MarkPriceTests
{
    // 10 units at 100 with leverage 10 and 1 %.
    private const double LongPrice = 90 / 0.99, ShortPrice = 110 / 1.01;

    private static readonly DateTime Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);

    private static ExecutionSettings Isolated { get; } = new() { Margin = MarginMode.Isolated, Leverage = 10, Maintenance = 0.01 };

    // The third bar, of 02:00; before it all prices are 100.
    private static readonly (double Open, double High, double Low, double Close) s_calm = (100, 101, 99, 100), s_down = (100, 100, 85, 99),
        s_up = (100, 115, 100, 101);

    /// <summary>Side, whether the last price spikes, marks of the hour from 02:00 on at equal distances, liquidation price.</summary>
    public static TheoryData<Side, bool, double[], double> Cases => new()
    {
        // The last price falls to 85 (rises to 115), the mark does not.
        { Side.Buy, true, [100, 100, 98, 97, 98, 99, 99, 100, 100, 100, 100, 100], double.NaN },
        { Side.Sell, true, [100, 100, 102, 104, 103, 102, 101, 100, 100, 100, 100, 100], double.NaN },
        // Only the mark goes there.
        { Side.Buy, false, [100, 98, 95, 92, 90, 92, 95, 98, 100, 100, 100, 100], LongPrice },
        { Side.Sell, false, [100, 102, 105, 107, 109, 107, 105, 102, 100, 100, 100, 100], ShortPrice },
        // The first mark is beyond the price: that is where the position ends.
        { Side.Buy, false, [88, 95, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100], 88 },
        { Side.Sell, false, [111, 105, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100], 111 },
        // Exactly at the price.
        { Side.Buy, false, [100, LongPrice, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100], LongPrice },
        // An eighth of the bar apart counts; at more the bar's own prices decide.
        { Side.Buy, true, [100, 100, 98, 97, 98, 99, 99, 100], double.NaN },
        { Side.Buy, true, [100, 100, 98, 97, 98, 99, 99], LongPrice },
        { Side.Sell, true, [100, 100], ShortPrice },
        { Side.Buy, false, [100, 80, 80, 80], double.NaN },
        { Side.Sell, true, [], ShortPrice },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Strategy_portfolio_and_exchange_liquidate_by_the_mark_price(Side side, bool spikes, double[] marks, double price)
    {
        var instrument = With(marks);
        var last = !spikes ? s_calm : side == Side.Buy ? s_down : s_up;
        var bars = Bars(last);
        Same(OfStrategy(instrument, side, bars, Isolated), price, "strategy");
        Same(OfExchange(instrument, side, bars, Isolated), price, "exchange");
        Same(OfPortfolio(instrument, side, bars, Isolated), price, "portfolio");
    }

    [Theory]
    [InlineData(Side.Buy, true, double.NaN), InlineData(Side.Sell, true, double.NaN)]
    [InlineData(Side.Buy, false, 7_000 / 79.2), InlineData(Side.Sell, false, 9_000 / 80.8)]
    public void Cross_margin_is_of_the_mark_price_too(Side side, bool spikes, double price)
    {
        // 80 units at 100 with 1,000: 1,000 − 80 · |100 − p| = 0.01 · 80 · p.
        var cross = new ExecutionSettings { Margin = MarginMode.Cross, Leverage = 10, Maintenance = 0.01 };
        var far = spikes ? 100 : side == Side.Buy ? 87 : 113;
        var instrument = With([100, 100, far, far, far, 100, 100, 100, 100, 100, 100, 100]);
        var bars = Bars(!spikes ? s_calm : side == Side.Buy ? s_down : s_up);
        Same(OfStrategy(instrument, side, bars, cross, 1_000, 80), price, "strategy");
        Same(OfExchange(instrument, side, bars, cross, 1_000, 80), price, "exchange");
        Same(OfPortfolio(instrument, side, bars, cross, 1_000, 80), price, "portfolio");
    }

    [Fact]
    public void A_stop_is_of_the_last_price_and_the_liquidation_of_the_mark()
    {
        var instrument = With([100, 99, 98, 98, 98, 98, 98, 98, 98, 98, 99, 100]);
        var s = Of(instrument, Settings(10_000, 10) with { StopLossPercent = 5 }, Isolated)
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(100, 100, 85, 99).Bar(100, 100, 100, 100);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.Reason, trade.ExitPrice).ShouldBe((ExitReason.Stop, 95));
    }

    [Fact]
    public void A_position_entered_within_a_bar_without_close_marks_starts_at_its_entry()
    {
        // One mark in eight hours: a stop order buys at 110 within a bar that opened below the liquidation price of 100.
        var instrument = new Instrument { Symbol = "PERP", Marks = new MarkPrices([Start.Ticks], [100]) };
        var s = Of(instrument, Settings(10_000, 10), Isolated)
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Stop, StopPrice = 110 }))
            .Bar(95, 111, 95, 105).Bar(105, 105, 105, 105);
        s.Run();
        var trade = s.Closed.ShouldHaveSingleItem();
        (trade.EntryPrice, trade.Reason).ShouldBe((110, ExitReason.Liquidation));
        trade.ExitPrice.ShouldBe(99 / 0.99, 1e-9);
    }

    private static void Same(double price, double expected, string account)
    {
        if (double.IsNaN(expected)) price.ShouldBe(expected, account);
        else price.ShouldBe(expected, 1e-9, account);
    }

    private static TradingSettings Settings(double cash, double units) => new() { Cash = cash, Size = SizeRule.Units(units) };

    // Marks each five minutes before 02:00, then the given ones at equal distances over the hour, then 100.
    private static Instrument With(double[] marks)
    {
        if (marks.Length == 0) return new Instrument { Symbol = "PERP" };
        var times = new List<DateTime>();
        var prices = new List<double>();
        for (var m = 0; m < 120; m += 5) Add(Start.AddMinutes(m), 100);
        for (var i = 0; i < marks.Length; i++) Add(Start.AddHours(2).AddTicks(TimeSpan.TicksPerHour / marks.Length * i), marks[i]);
        for (var m = 180; m < 300; m += 5) Add(Start.AddMinutes(m), 100);
        return new Instrument { Symbol = "PERP", Marks = new MarkPrices([.. times.Select(t => t.Ticks)], [.. prices]) };

        void Add(DateTime time, double price)
        {
            times.Add(time);
            prices.Add(price);
        }
    }

    private static Bar[] Bars((double Open, double High, double Low, double Close) third) =>
    [
        new Bar(Start.Ticks, 100, 100, 100, 100, 1_000),
        new Bar(Start.AddHours(1).Ticks, 100, 100, 100, 100, 1_000),
        new Bar(Start.AddHours(2).Ticks, third.Open, third.High, third.Low, third.Close, 1_000),
        new Bar(Start.AddHours(3).Ticks, 100, 100, 100, 100, 1_000),
    ];

    private static Scenario Of(Instrument instrument, TradingSettings settings, ExecutionSettings execution) =>
        new() { Settings = settings, Execution = execution, Instrument = instrument, Timeframe = Timeframe.H1, Start = Start };

    private static double OfStrategy(Instrument instrument, Side side, Bar[] bars, ExecutionSettings execution, double cash = 10_000,
        double units = 10)
    {
        var s = Of(instrument, Settings(cash, units), execution);
        for (var i = 0; i < bars.Length; i++)
            s.Bar(bars[i].Open, bars[i].High, bars[i].Low, bars[i].Close, i == 0 ? b => b.Enter(side) : null);
        s.Run();
        if (s.Closed.Count == 0) return double.NaN;
        s.Closed[0].Reason.ShouldBe(ExitReason.Liquidation);
        s.BarOf(s.Closed[0].ExitTime).ShouldBe(2);
        return s.Closed[0].ExitPrice;
    }

    private static double OfExchange(Instrument instrument, Side side, Bar[] bars, ExecutionSettings execution, double cash = 10_000,
        double units = 10)
    {
        var venue = new SimulatedExchange(new PaperSettings { Cash = cash }, execution,
            new Dictionary<string, Instrument> { [instrument.Symbol] = instrument });
        for (var i = 0; i < bars.Length; i++)
        {
            var close = bars[i].Time + Timeframe.H1.Ticks;
            venue.OnBars(close, [new ClosedBar(instrument.Symbol, bars[i], Timeframe.H1)]);
            if (i == 0)
                venue.Submit(new BrokerOrder
                {
                    ClientId = "1-e",
                    Symbol = instrument.Symbol,
                    Side = side,
                    Type = OrderType.Market,
                    Quantity = units,
                    CreatedAt = close,
                });
        }
        var fills = venue.Poll(0).Where(e => e.Fill is not null).Select(e => e.Fill!).ToList();
        fills[0].Price.ShouldBe(100);
        if (fills.Count == 1) return double.NaN;
        (fills.Count, fills[1].Leg, fills[1].At).ShouldBe((2, "liquidation", bars[2].Time));
        return fills[1].Price;
    }

    private static double OfPortfolio(Instrument instrument, Side side, Bar[] bars, ExecutionSettings execution, double cash = 10_000,
        double units = 10)
    {
        var host = new PortfolioHost(new PortfolioRun(cash, new PortfolioLimits(), [instrument],
            [new PortfolioMember("one", [0], 1) { Timeframe = Timeframe.H1 }], execution));
        for (var i = 0; i < bars.Length; i++)
        {
            host.Bars(Timeframe.H1, bars[i]);
            if (i == 0) host.Enter(0, 1, side, units, 100).ShouldBe(units);
        }
        host.Fills[0].Quantity.ShouldBe(units);
        if (host.Closed.Count == 0) return double.NaN;
        var trade = host.Closed.ShouldHaveSingleItem().Trade;
        (trade.Reason, trade.ExitTime).ShouldBe((ExitReason.Liquidation, bars[2].Time));
        return trade.ExitPrice;
    }
}
