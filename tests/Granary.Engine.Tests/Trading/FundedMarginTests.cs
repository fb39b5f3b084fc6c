using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>
/// Random markets with isolated margin, funding and mark prices: every account is the sum of its trades, and no trade loses more than its
/// margin, fees and funding.
/// </summary>
public sealed class FundedMarginTests
{
    private const double Cash = 1_000_000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void Each_account_is_the_sum_of_its_trades_and_a_trade_loses_no_more_than_its_margin_fees_and_funding(int seed)
    {
        var random = new Random(seed * 32452843);
        var feed = SampleBars.Random(seed, 1_200, Timeframe.M5, decimals: 2);
        var bars = WithGaps(feed.Bars, random);
        var instrument = feed.Series.Instrument with
        {
            TickSize = 0.01,
            Multiplier = random.Next(2) == 0 ? 1 : 5,
            Funding = RandomFunding.Over(bars, Timeframe.M5, seed),
            Marks = seed % 2 == 0 ? MarkPrices.None : MarksOver(bars, random),
        };
        var settings = Settings(random);
        var execution = new ExecutionSettings
        {
            Fee = new FeeSchedule([new FeeTier(0, 0.05, 0.02)]),
            Slippage = random.Next(2) == 0 ? null : new PercentSlippage(0.05),
            Margin = MarginMode.Isolated,
            Leverage = 60 + random.Next(60),
            LiquidationFeeRate = 0.001 * random.NextDouble(),
            MarginTiers = new Dictionary<string, MarginTiers> { [""] = new([new(0, 0.004, 0, 0), new(2_000, 0.005, 2, 0)]) },
            Intrabar = (IntrabarRule)random.Next(2),
            ProtectFrom = (ProtectFrom)random.Next(2),
        };
        var orders = FollowedOrders.Over(new SameFillsTests.Trader(seed), feed.Series with { Instrument = instrument }, bars, settings,
            execution);
        var (close, unit) = (bars[^1].Close, instrument.Multiplier);

        if (settings is { StopLossPercent: 0, TakeProfitPercent: 0 }) orders.Trades.ShouldContain(t => t.Reason == ExitReason.Liquidation);
        orders.Funding.Values.ShouldContain(f => f < 0);
        orders.Funding.Values.ShouldContain(f => f > 0);
        Near(Cash + orders.Trades.Sum(t => t.NetProfit), orders.Result.Equity.Final, "strategy");
        var closed = orders.PortfolioTrades.Select(t => t.Number).ToHashSet();
        // With the closed part of it.
        var open = orders.Portfolio.OpenAtEnd().Sum(t => t.Trade.NetProfit);
        Near(Cash + orders.PortfolioTrades.Sum(t => t.NetProfit) + open,
            orders.Portfolio.Cash + orders.PortfolioQuantity * close * unit, "portfolio");
        var trades = orders.Ledger.Trades.Values;
        var openAtVenue = trades.Sum(t => (int)t.Side * t.Open * (close - t.EntryPrice) * unit);
        Near(Cash + trades.Sum(t => t.Profit - t.Fees + t.Financing) + openAtVenue,
            orders.Ledger.Cash + orders.Ledger.PositionOf(instrument.Symbol) * close * unit, "paper");
        Near(orders.Result.Equity.Final, orders.Ledger.Cash + orders.Ledger.PositionOf(instrument.Symbol) * close * unit, "both");

        // Where mark prices decide, a stop or a signal may close a trade at a last price beyond the liquidation price.
        if (instrument.Marks.Count > 0) return;
        foreach (var trade in orders.Trades.Where(t => closed.Contains(t.Number)).Concat(orders.PortfolioTrades))
            IsBounded(Margin(trade.EntryPrice, trade.Quantity), trade.NetProfit, trade.Commission, trade.Number);
        foreach (var trade in trades.Where(t => t.Open == 0 && t.Quantity > 0))
            IsBounded(Margin(trade.EntryPrice, trade.Quantity), trade.Profit - trade.Fees + trade.Financing, trade.Fees,
                int.Parse(trade.Entry.Split('-')[0], CultureInfo.InvariantCulture));

        double Margin(double price, double quantity) => price * quantity * unit / execution.Leverage;

        void IsBounded(double margin, double net, double fees, int number) => (net - orders.Funding.GetValueOrDefault(number))
            .ShouldBeGreaterThanOrEqualTo(-(margin + fees) - 1e-6, $"trade {number}");
    }

    private static TradingSettings Settings(Random random) => new()
    {
        Cash = Cash,
        Size = SizeRule.Units(10),
        MaxOpenTrades = 3,
        StopLossPercent = random.Next(2) == 0 ? 0 : 1.5 * random.NextDouble(),
        TakeProfitPercent = random.Next(2) == 0 ? 0 : 2 * random.NextDouble(),
    };

    private static void Near(double expected, double actual, string account) => actual.ShouldBe(expected, 1e-9 * Cash, account);

    private static Bar[] WithGaps(Bar[] bars, Random random)
    {
        var scale = 1.0;
        for (var i = 0; i < bars.Length; i++)
        {
            if (random.Next(60) == 0) scale *= Math.Exp((random.NextDouble() - 0.5) * 0.06);
            var b = bars[i];
            bars[i] = b with { Open = b.Open * scale, High = b.High * scale, Low = b.Low * scale, Close = b.Close * scale };
        }
        return bars;
    }

    // Each minute, near the prices of the bar; now and then none for some bars.
    private static MarkPrices MarksOver(Bar[] bars, Random random)
    {
        var (times, prices) = (new List<long>(), new List<double>());
        foreach (var bar in bars)
        {
            if (random.Next(5) == 0) continue;
            for (var minute = 0; minute < 5; minute++)
            {
                times.Add(bar.Time + minute * TimeSpan.TicksPerMinute);
                prices.Add((bar.Low + random.NextDouble() * (bar.High - bar.Low)) * (1 + (random.NextDouble() - 0.5) * 0.002));
            }
        }
        return new MarkPrices([.. times], [.. prices]);
    }
}
