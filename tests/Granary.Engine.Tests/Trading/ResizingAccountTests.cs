using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>A strategy's own account rejects an entry that it cannot pay; as a member of a portfolio it makes the entry smaller.</summary>
public sealed class ResizingAccountTests
{
    private static Scenario Gap(bool resize, Action<StrategyContext> enter, double size = 95) =>
        new Scenario { Settings = new TradingSettings { Cash = 10_000, Size = SizeRule.PercentOfEquity(size), ResizeToCash = resize } }
            .Bar(100, 100, 100, 100, enter)
            .Bar(125, 125, 125, 125)
            .Bar(125, 125, 125, 125, bar => bar.Exit())
            .Bar(150, 150, 150, 150);

    [Fact]
    public void An_entry_that_gaps_beyond_the_cash_is_rejected_by_a_strategys_own_account()
    {
        var scenario = Gap(resize: false, bar => bar.Enter(Side.Buy));
        scenario.Run();
        scenario.Ended.Single().End.ShouldBe(SignalEnd.NoCash);
        scenario.Trades.ShouldBeEmpty();
    }

    [Fact]
    public void A_members_account_buys_what_the_cash_pays_at_the_gap_and_follows_it_to_its_exit()
    {
        var scenario = Gap(resize: true, bar => bar.Enter(Side.Buy));
        scenario.Run();
        var trade = scenario.Closed.Single();
        trade.Quantity.ShouldBe(80, 1e-9);
        trade.Profit.ShouldBe(80 * 25, 1e-6);
        scenario.Ended.ShouldBeEmpty();
    }

    [Fact]
    public void It_makes_an_entry_smaller_at_its_signal_too()
    {
        var scenario = Gap(resize: true, bar => bar.Enter(Side.Buy), size: 300);
        scenario.Run();
        scenario.Signals.Single().Quantity.ShouldBe(100, 1e-9);
        scenario.Signals.Single().SizedOn.ShouldBe(10_000);
        scenario.Closed.Single().Quantity.ShouldBe(80, 1e-9);
    }

    // 100 units at 100 would move the price by (100 / 1000)² = 1 %, to 101, for which 10,000 pays 99 units of a lot of 1; these move it by
    // 0.9801 %.
    [Fact]
    public void An_entry_that_is_cut_has_the_price_of_its_own_quantity()
    {
        var scenario = new Scenario
        {
            Instrument = new Instrument { Symbol = "TEST", LotSize = 1 },
            Settings = new TradingSettings { Cash = 10_000, Size = SizeRule.Units(100), ResizeToCash = true },
            Execution = new ExecutionSettings { Slippage = new VolumeShareSlippage(1) },
        }
            .Bar(100, 110, 100, 100, bar => bar.Enter(Side.Buy)).Bar(100, 110, 100, 100).Bar(100, 110, 100, 100, bar => bar.Exit())
            .Bar(100, 100, 100, 100);
        scenario.Run();
        var trade = scenario.Closed.Single();
        trade.Quantity.ShouldBe(99);
        trade.EntryPrice.ShouldBe(100.9801, 1e-9);
    }

    [Fact]
    public void An_order_by_hand_closes_whole_and_opens_what_can_be_paid()
    {
        var scenario = new Scenario { Settings = new TradingSettings { Cash = 10_000, Size = SizeRule.Units(10), ResizeToCash = true } }
            .Bar(100, 100, 100, 100, bar => bar.Submit(new OrderRequest(Side.Sell, 20)))
            .Bar(100, 100, 100, 100, bar => bar.Submit(new OrderRequest(Side.Buy, 200)))
            .Bar(100, 100, 100, 100, bar => bar.Position.SignedQuantity.ShouldBe(100, 1e-6))
            .Bar(100, 100, 100, 100);
        scenario.Run();
        scenario.Closed.Single().Quantity.ShouldBe(20);
    }

    [Fact]
    public void Without_a_lack_of_cash_both_accounts_do_the_same_to_the_last_bit()
    {
        Scenario Plain(bool resize) => new Scenario
        {
            Settings = new TradingSettings
            {
                Cash = 10_000,
                Size = SizeRule.PercentOfEquity(95),
                ResizeToCash = resize
            }
        }
            .Bar(100, 101, 99, 100, bar => bar.Enter(Side.Buy)).Bar(101, 103, 99, 102, bar => bar.Go(Side.Sell)).Bar(102, 104, 90, 95)
                .Bar(95, 99, 90, 92, bar => bar.Exit()).Bar(92, 93, 91, 92);
        Plain(true).Run().Digest.ShouldBe(Plain(false).Run().Digest);
    }
}
