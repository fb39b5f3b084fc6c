using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Commission, slippage and borrow fee of single symbols.</summary>
public sealed class SymbolCostTests
{
    // 36.5 % a year are 0.1 % a night.
    private static readonly ExecutionSettings Costs = new()
    {
        Fee = new PercentFee(0.1),
        BorrowFeeRate = 0.0365,
        BySymbol = new Dictionary<string, SymbolCosts> { ["DEAR"] = new(new PercentFee(1), new PercentSlippage(0.2), 0.365) },
    };

    [Theory]
    // 10 · 100.2 cost 1 % of 1,002; 10 · 100 cost 0.1 % of 1,000.
    [InlineData("DEAR", 100.2, 10.02)]
    [InlineData("OTHER", 100, 1)]
    public void A_fill_pays_the_costs_of_its_symbol(string symbol, double price, double fee)
    {
        var s = new Scenario { Execution = Costs, Instrument = new Instrument { Symbol = symbol } }
            .Bar(100, 101, 99, 100, b => b.Enter(Side.Buy)).Bar(100, 101, 99, 100).Bar(100, 101, 99, 100);
        s.Run();
        (s.Trades.Single().EntryPrice, s.Trades.Single().Commission).ShouldBe((price, fee));
    }

    [Theory]
    // Short 10 at 100 over two nights at a close of 100: 0.1 % or 0.01 % of 1,000 a night.
    [InlineData("DEAR", -2)]
    [InlineData("OTHER", -0.2)]
    public void A_short_position_pays_the_borrow_fee_of_its_symbol(string symbol, double financing)
    {
        var s = new Scenario
        {
            Execution = Costs with { BySymbol = Costs.BySymbol.ToDictionary(c => c.Key, c => c.Value with { Slippage = null }) },
            Instrument = new Instrument { Symbol = symbol },
            Timeframe = Timeframe.D1,
        }.Bar(100, 100, 100, 100, b => b.Enter(Side.Sell)).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100).Bar(100, 100, 100, 100);
        s.Run().Trades.Financing.ShouldBe(financing, 1e-9);
    }

    [Fact]
    public void A_fee_that_is_not_proportional_holds_for_its_symbol_alone_in_the_portfolio_too()
    {
        var execution = Costs with
        {
            BySymbol = new Dictionary<string, SymbolCosts>
            {
                ["DEAR"] = new(new FeeSchedule([new FeeTier(0, 0, 0)], 30) { PerOrder = 7 }, null, 0),
            },
        };
        var run = new PortfolioRun(100_000, new PortfolioLimits(),
            [new Instrument { Symbol = "DEAR" }, new Instrument { Symbol = "OTHER" }],
            [new PortfolioMember("S0", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("S1", [1], 1) { Timeframe = Timeframe.D1 }],
            execution);
        var host = new PortfolioHost(run);
        host.Flat(Timeframe.D1, 0, 100, 100);
        for (var member = 0; member < 2; member++) host.Enter(member, 1, Side.Buy, 10, 100);
        host.Flat(Timeframe.D1, TimeSpan.TicksPerDay, 100, 100);
        // 7 for the order in DEAR, 0.1 % of 1,000 in OTHER.
        run.Commission.ShouldBe(8, 1e-9);
    }

    [Fact]
    public void A_stress_doubles_them() =>
        Costs.Stressed().For("DEAR").ShouldSatisfyAllConditions(
            e => e.Fee.Fee(100, 10, 1, maker: false).ShouldBe(20, 1e-9),
            e => e.Slippage!.Slip(Side.Buy, 100, 1, new Bar(0, 100, 100, 100, 100, 1), 0).ShouldBe(100.4, 1e-9),
            e => e.BorrowFeeRate.ShouldBe(0.73));

    [Fact]
    public void A_paper_account_charges_them()
    {
        var venue = new SimulatedExchange(new PaperSettings(), Costs, new Dictionary<string, Instrument>
        {
            ["DEAR"] = new() { Symbol = "DEAR" },
            ["OTHER"] = new() { Symbol = "OTHER" },
        });
        Day(0);
        foreach (var symbol in new[] { "DEAR", "OTHER" })
            venue.Submit(new BrokerOrder
            {
                ClientId = symbol,
                Symbol = symbol,
                Side = Side.Sell,
                Type = OrderType.Market,
                Quantity = 10,
                CreatedAt = Timeframe.D1.Ticks,
            });
        Day(1);
        // 10 sold at 99.8 for 9.98, and 10 at 100 for 1.
        venue.Cash.ShouldBe(100_000 + 998 - 9.98 + 1_000 - 1, 1e-9);
        Day(2);
        // A night at a close of 100 costs 1, and 0.1.
        venue.Cash.ShouldBe(100_000 + 998 - 9.98 + 1_000 - 1 - 1.1, 1e-9);

        void Day(int day)
        {
            var bar = new Bar(day * Timeframe.D1.Ticks, 100, 101, 99, 100, 1);
            venue.OnBars((day + 1) * Timeframe.D1.Ticks,
                [new ClosedBar("DEAR", bar, Timeframe.D1), new ClosedBar("OTHER", bar, Timeframe.D1)]);
        }
    }
}
