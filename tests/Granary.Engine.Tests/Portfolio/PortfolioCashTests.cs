using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>Members share the portfolio's cash, and entries that it cannot pay in full are made smaller, or refused where the batch says
/// so.</summary>
public sealed class PortfolioCashTests
{
    private static readonly PortfolioSizing Rejecting = PortfolioSizing.Own with { OnInsufficientCash = InsufficientCash.Reject };

    private static PortfolioHost Host(PortfolioSizing? sizing = null, double lot = 0, double feePercent = 0, params double[] weights)
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A", LotSize = lot }],
            [.. (weights.Length > 0 ? weights : [1, 1]).Select((w, i) =>
                new PortfolioMember($"S{i}", [0], w) { Timeframe = Timeframe.D1 })],
            new ExecutionSettings { Fee = new PercentFee(feePercent) }, sizing);
        var host = new PortfolioHost(run);
        Day(host, 0, 100);
        return host;
    }

    private static void Day(PortfolioHost host, int day, double price) =>
        host.Flat(Timeframe.D1, day * TimeSpan.TicksPerDay, price);

    private static Signal Entry(double quantity, int number = 1, Side side = Side.Buy, double sizedOn = 0) =>
        new(number, number, side, OrderType.Market, 100, quantity, 0, 0, long.MaxValue) { SizedOn = sizedOn };

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void An_entry_beyond_the_free_cash_is_resized_to_whole_lots_with_its_fee(int side)
    {
        var host = Host(lot: 1, feePercent: 0.1);
        var run = host.Run;
        run.OnSignal(0, Entry(700, side: (Side)side)).ShouldBe(Decision.Accepted);
        // 100,000 - 700 · 100 · 1.001 leave 29,930, and 299 of 100.1 each cost 29,929.9.
        run.OnSignal(1, Entry(700, side: (Side)side)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(299);
        run.Resized.ShouldBe(1);
        Day(host, 1, 100);
        host.Fills.Select(f => (f.Member, f.Quantity)).ShouldBe([(0, 700), (1, 299)]);
    }

    [Fact]
    public void With_reject_the_same_entry_is_refused()
    {
        var run = Host(Rejecting).Run;
        run.OnSignal(0, Entry(700)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, Entry(700)).ShouldBe(Decision.NoCash);
        run.OnSignal(1, Entry(300, number: 2)).ShouldBe(Decision.Accepted);
    }

    [Fact]
    public void Less_than_one_hundredth_of_an_entry_is_refused()
    {
        var run = Host().Run;
        run.OnSignal(0, Entry(995)).ShouldBe(Decision.Accepted);
        run.OnSignal(1, Entry(600)).ShouldBe(Decision.NoCash);
        run.OnSignal(1, Entry(400, number: 2)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(5, 1e-6);
    }

    [Fact]
    public void A_fill_that_gaps_beyond_the_cash_is_resized_and_never_leaves_a_debt()
    {
        var host = Host(lot: 1);
        var run = host.Run;
        run.OnSignal(0, Entry(950)).ShouldBe(Decision.Accepted);
        Day(host, 1, 125);
        host.Fills.ShouldHaveSingleItem().Quantity.ShouldBe(800);
        run.Cash.ShouldBe(0);
        run.ResizedAtFill.ShouldBe(1);
        host.Cuts.ShouldHaveSingleItem().Share.ShouldBe(1 - 800.0 / 950, 1e-12);
        // It follows its strategy to the exit.
        host.Exit(0, 1);
        Day(host, 2, 150);
        host.Closed.ShouldHaveSingleItem().Trade.Profit.ShouldBe(800 * 25);
        run.Cash.ShouldBe(120_000);
    }

    [Fact]
    public void With_reject_a_fill_that_gaps_beyond_the_cash_is_refused()
    {
        var host = Host(Rejecting);
        var run = host.Run;
        run.OnSignal(0, Entry(950)).ShouldBe(Decision.Accepted);
        Day(host, 1, 125);
        host.Fills.ShouldBeEmpty();
        host.Ended.ShouldBe([(0, 1, SignalEnd.NoCash)]);
        run.Cash.ShouldBe(100_000);
        run.OpenTrades.ShouldBe(0);
    }

    [Fact]
    public void A_size_beyond_the_members_share_is_capped_at_its_share()
    {
        var run = Host(weights: [1, 3]).Run;
        // Each puts 95 % of its own account of 50,000 into the symbol, 475 units; the shares are 25 and 75 % of 100,000.
        run.OnSignal(0, Entry(475, sizedOn: 50_000)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(250, 1e-9);
        run.OnSignal(1, Entry(475, sizedOn: 50_000)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(750, 1e-9);
        run.Resized.ShouldBe(0);
    }

    [Fact]
    public void Sizes_within_the_members_shares_stay_as_the_strategies_ask()
    {
        var run = Host(weights: [1, 1, 1, 1]).Run;
        // Each asks for 10 % of its account of 50,000, which is 10 % of the portfolio; its share is 25 %.
        for (var member = 0; member < 4; member++)
        {
            run.OnSignal(member, Entry(50, sizedOn: 50_000)).ShouldBe(Decision.Accepted);
            run.Granted.ShouldBe(100, 1e-9);
        }
        run.Resized.ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 500)]
    [InlineData(2, 950)]
    [InlineData(4, 950)]
    public void With_leverage_members_share_what_the_account_may_hold(double leverage, double expected)
    {
        var run = new PortfolioRun(100_000, new PortfolioLimits(), [new Instrument { Symbol = "A" }],
            [new PortfolioMember("first", [0], 1) { Timeframe = Timeframe.D1 },
                new PortfolioMember("second", [0], 1) { Timeframe = Timeframe.D1 }], new ExecutionSettings { Leverage = leverage });
        Day(new PortfolioHost(run), 0, 100);
        run.OnSignal(0, Entry(950, sizedOn: 100_000)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(expected, 1e-9);
    }

    [Theory]
    [InlineData(1, 950)]
    [InlineData(0.5, 475)]
    public void A_member_alone_has_its_weight_of_the_portfolio(double weight, double expected)
    {
        var run = Host(weights: [weight]).Run;
        run.OnSignal(0, Entry(950, sizedOn: 100_000)).ShouldBe(Decision.Accepted);
        run.Granted.ShouldBe(expected, 1e-9);
    }

    [Fact]
    public void Proceeds_of_an_exit_on_its_way_pay_for_the_entry_of_the_same_close()
    {
        var host = Host(Rejecting);
        var run = host.Run;
        run.OnSignal(0, Entry(950));
        Day(host, 1, 100);
        host.Fills.ShouldHaveSingleItem().Quantity.ShouldBe(950);
        run.OnSignal(0, Entry(950, number: 2, side: Side.Sell)).ShouldBe(Decision.NoCash);
        host.Exit(0, 1);
        run.OnSignal(0, Entry(950, number: 3, side: Side.Sell)).ShouldBe(Decision.Accepted);
        Day(host, 2, 90);
        // 90,500 are left after the exit, which fills first: at 90 they are collateral for the whole short.
        host.Fills.Skip(1).Select(f => (f.Number, f.Side, f.Quantity)).ShouldBe([(1, Side.Buy, 950), (3, Side.Sell, 950)]);
    }

    [Fact]
    public void Weights_of_a_schedule_are_summed_at_each_timestamp()
    {
        var schedule = new WeightSchedule(3);
        schedule.Set(0, 10, 1);
        schedule.Set(2, 10, 0.5);
        schedule.Set(0, 20, 0);
        schedule.SumAt(9).ShouldBe(0);
        schedule.SumAt(10).ShouldBe(1.5);
        schedule.SumAt(19).ShouldBe(1.5);
        schedule.SumAt(20).ShouldBe(0.5);
        schedule.Set(1, 30, 2);
        schedule.SumAt(30).ShouldBe(2.5);
    }
}
