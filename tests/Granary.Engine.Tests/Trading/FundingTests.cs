using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>What a position pays and receives at the fundings of a perpetual future, and which position it is.</summary>
public sealed class FundingTests
{
    private static readonly DateTime Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);

    private static FundingSeries At(params (double Hours, double Rate, double Mark)[] rows) => new(
        [.. rows.Select(r => Start.AddHours(r.Hours).Ticks)], [.. rows.Select(r => r.Rate)], [.. rows.Select(r => r.Mark)], "test");

    private static Scenario Of(FundingSeries funding, double quantity = 10, double multiplier = 1, Timeframe? timeframe = null) => new()
    {
        Settings = new() { Cash = 1_000_000, Size = SizeRule.Units(quantity) },
        Timeframe = timeframe ?? Timeframe.H1,
        Start = Start,
        Instrument = new() { Symbol = "PERP", Multiplier = multiplier, Funding = funding },
    };

    [Theory]
    // KuCoin, "Funding Fees": 10,000 contracts of one dollar at a mark price of 5,000 are 2 BTC; 0.025 % of them are 0.0005 BTC, which is
    // 2.5 dollars.
    [InlineData(2, 5_000, 0.00025, 2.5)]
    // CoinEx, "List position funding history": 129,384.12 units at a settlement price of 0.0642 and a rate of 0.0003.
    [InlineData(129_384.12, 0.0642, 0.0003, 2.49193815)]
    // Binance's rate of 0.01 % on a position of 20,000 dollars, of which three in a day are 6 dollars.
    [InlineData(0.5, 40_000, 0.0001, 2)]
    public void Published_examples_are_paid_by_the_long_and_received_by_the_short(double quantity, double mark, double rate, double fee)
    {
        foreach (var side in (Side[])[Side.Buy, Side.Sell])
            foreach (var sign in (int[])[1, -1])
            {
                var s = Of(At((2, sign * rate, mark)), quantity).Bar(mark, mark, mark, mark, b => b.Enter(side)).Bar(mark, mark, mark, mark)
                    .Bar(mark, mark, mark, mark, b => b.Exit()).Bar(mark, mark, mark, mark);
                var result = s.Run();
                var trade = s.Closed.ShouldHaveSingleItem();
                trade.Financing.ShouldBe(-(int)side * sign * fee, 5e-9);
                trade.NetProfit.ShouldBe(trade.Financing, 1e-9);
                result.Trades.Funding.ShouldBe(trade.Financing, 1e-12);
                result.Trades.Financing.ShouldBe(trade.Financing, 1e-12);
            }
    }

    [Theory]
    // Entered at the open of 01:00, left at the open of 03:00.
    [InlineData(0.5, false), InlineData(1, false), InlineData(1.01, true), InlineData(2, true), InlineData(3, true)]
    [InlineData(3.01, false)]
    public void A_position_from_one_open_to_another_is_charged_after_the_first_and_up_to_the_second(double hours, bool isCharged)
    {
        var s = Of(At((hours, 0.001, double.NaN))).Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100)
            .Bar(100, 100, 100, 100, b => b.Exit()).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Financing.ShouldBe(isCharged ? -1 : 0);
    }

    [Theory]
    // The stop is hit in the bar of 02:00 to 03:00.
    [InlineData(2, true), InlineData(2.5, true), InlineData(3, false)]
    public void A_stop_within_a_bar_comes_after_the_fundings_of_that_bar(double hours, bool isCharged)
    {
        var s = Of(At((hours, 0.001, double.NaN))).Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { StopLoss = 95 }))
            .Bar(100, 100, 100, 100).Bar(100, 100, 90, 100).Bar(100, 100, 100, 100);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Reason.ShouldBe(ExitReason.Stop);
        s.Closed[0].Financing.ShouldBe(isCharged ? -1 : 0);
    }

    [Theory]
    // A limit order is filled within the bar of 01:00 to 02:00.
    [InlineData(1, false), InlineData(1.5, false), InlineData(2, true)]
    public void An_entry_within_a_bar_comes_after_the_fundings_of_that_bar(double hours, bool isCharged)
    {
        var s = Of(At((hours, 0.001, double.NaN)))
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy, new EntryOptions { Type = OrderType.Limit, LimitPrice = 95 }))
            .Bar(100, 100, 90, 100).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100);
        s.Run();
        s.Trades.ShouldHaveSingleItem().Financing.ShouldBe(isCharged ? -1 : 0);
    }

    [Fact]
    public void A_daily_bar_pays_its_three_fundings_at_mark_prices_or_at_its_open()
    {
        // Entered at the open of the second day, 100: its funding at 00:00 came before. Those of 08:00 and 16:00 count the open, and
        // midnight of the third day its open of 120, or a mark price.
        var s = Of(At((24, 0.01, 100), (32, 0.01, double.NaN), (40, 0.01, 90), (48, 0.01, double.NaN)), timeframe: Timeframe.D1)
            .Bar(90, 90, 90, 90, b => b.Enter(Side.Buy)).Bar(100, 130, 90, 110, b => b.Exit()).Bar(120, 120, 120, 120)
            .Bar(120, 120, 120, 120);
        s.Run();
        s.Closed.ShouldHaveSingleItem().Financing.ShouldBe(-0.01 * 10 * (100 + 90 + 120), 1e-9);
    }

    [Fact]
    public void A_funding_in_a_gap_is_charged_at_the_close_before_it()
    {
        var s = Of(At((5, 0.01, double.NaN)), multiplier: 2).BarAt(Start, 100, b => b.Enter(Side.Sell)).BarAt(Start.AddHours(1), 100)
            .BarAt(Start.AddHours(2), 110).BarAt(Start.AddHours(9), 150);
        s.Run();
        s.Trades.ShouldHaveSingleItem().Financing.ShouldBe(0.01 * 10 * 2 * 110, 1e-9);
    }

    [Fact]
    public void Fundings_before_the_account_trades_and_after_the_last_bar_are_not_charged()
    {
        var s = Of(At((-8, 0.01, 100), (0, 0.01, 100), (2, 0.01, 100), (40, 0.01, 100)))
            .Bar(100, 100, 100, 100, b => b.Enter(Side.Buy)).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100);
        s.Run();
        s.Trades.ShouldHaveSingleItem().Financing.ShouldBe(-10, 1e-9);
    }

    [Fact]
    public void Smaller_bars_tell_which_funding_comes_before_a_stop()
    {
        foreach (var (minute, expected) in ((int, double)[])[(10, -1), (40, -2)])
        {
            // Fundings at 02:20 and 02:30; the price falls to the stop in the five minutes that begin at the given one.
            var funding = At((2.0 + 5 / 60.0, 0.001, 100), (2.5, 0.001, 100));
            var path = new IntrabarPath(Timeframe.M5);
            path.Add(BarBlock.FromBars(0, [.. Enumerable.Range(0, 12).Select(i =>
                new Bar(Start.AddHours(2).AddMinutes(5 * i).Ticks, 100, 100, 5 * i == minute ? 90 : 100, 100, 1))]));
            var recorder = new TradeRecorder();
            Bar[] bars = [.. Enumerable.Range(0, 4).Select(i => new Bar(Start.AddHours(i).Ticks, 100, 100, i == 2 ? 90 : 100, 100, 12))];
            var series = new MarketSeries(new Instrument { Symbol = "PERP", Funding = funding }, Timeframe.H1) { Path = path };
            SingleRun.Of(new StopAt(95), series, bars, new() { Cash = 1e6, Size = SizeRule.Units(10) },
                new ExecutionSettings { UsePath = true }, recorder);
            recorder.Closed.ShouldHaveSingleItem().Financing.ShouldBe(expected, 1e-9);
        }
    }

    private sealed class StopAt(double stop) : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            if (bar.BarNumber == 0) bar.Enter(Side.Buy, new EntryOptions { StopLoss = stop });
        }
    }
}
