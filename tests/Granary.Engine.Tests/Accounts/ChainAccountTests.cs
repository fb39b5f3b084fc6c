namespace Granary.Engine.Tests.Accounts;

/// <summary>The accounts of a strategy, of the exchange in memory, of a ledger and of a portfolio roll alike.</summary>
public sealed class ChainAccountTests
{
    private static readonly StoryOutcome s_none = new([], [], [], 0, 0);

    // C0 closes at 110 and C1 opens at 143, a gap of 33; C2 is 20 below.
    private static readonly double[][] s_bars =
    [
        [100, 100, 100, 100, 1000], [100, 104, 99, 102, 1000], [102, 112, 101, 110, 1000], [143, 146, 140, 145, 1000],
        [145, 147, 144, 146, 1000], [126, 128, 122, 124, 1000], [124, 126, 121, 125, 1000],
    ];

    private static Story Of(StoryExecution execution, StorySettings settings, params StoryAct[] acts) => new("chain", 100_000, execution,
        settings, new StoryInstrument(Multiplier: 5, MarginPerUnit: 10, Rolls: [[3, 110, 143], [5, 146, 126]]), s_bars, acts, s_none);

    [Theory]
    [InlineData("buy", 1)]
    [InlineData("sell", -1)]
    public void Two_rolls_cost_two_orders_each_and_no_gap_is_profit(string act, int sign)
    {
        var hosts = StoryHosts.Run(Of(new StoryExecution(PerUnit: 0.5), new StorySettings(), new StoryAct(0, act, 2),
            new StoryAct(5, act == "buy" ? "leave long" : "leave short", 0)));
        // 100 to 110, 143 to 146, 126 to 124; six orders of 2 units.
        var cash = 100_000 + sign * (10 + 3 - 2) * 2 * 5 - 6 * 2 * 0.5;
        foreach (var host in new[] { hosts.Strategy, hosts.Venue, hosts.Ledger, hosts.Portfolio })
        {
            host.Cash.ShouldBe(cash, 1e-9);
            host.Position.ShouldBe(0);
            host.Fills.Select(f => (f.Day, f.Price)).ShouldBe([(1, 100), (3, 110), (3, 143), (5, 146), (5, 126), (6, 124)]);
        }
        hosts.Portfolio.Trades.Single().Profit.ShouldBe(sign * 110);
        (hosts.Portfolio.Trades.Single().Entry, hosts.Portfolio.Trades.Single().Exit).ShouldBe((100, 124));
    }

    [Fact]
    public void Target_and_working_order_of_every_host_move_with_the_contract()
    {
        var hosts = StoryHosts.Run(Of(new StoryExecution(), new StorySettings(), new StoryAct(1, "buy", 2, TakeProfit: 113),
            new StoryAct(2, "sell", 1, "limit", Limit: 112.5)));
        foreach (var host in new[] { hosts.Strategy, hosts.Venue, hosts.Portfolio })
        {
            // 113 of C0 is 146 of C1, the high of day 3; 113 itself would have been filled at the open of 143.
            host.Fills.Where(f => f.Trade == 1).Select(f => (f.Day, f.Price)).ShouldBe([(2, 102), (3, 110), (3, 143), (3, 146)]);
            // The limit of 112.5 of C0 is 145.5 of C1.
            host.Fills.Where(f => f.Trade == 2).Select(f => (f.Day, f.Price)).First().ShouldBe((3, 145.5));
        }
    }

    [Fact]
    public void A_larger_portfolio_pays_the_slippage_of_its_own_size()
    {
        var story = Of(new StoryExecution(Impact: 10), new StorySettings(), new StoryAct(0, "buy", 2), new StoryAct(3, "leave long", 0));
        var (own, scaled) = (StoryHosts.Run(story).Portfolio, StoryHosts.Run(story, 10).Portfolio);
        // 10 · (2 / 1000)² and 10 · (20 / 1000)² of the price, within the bar.
        own.Fills[1].Price.ShouldBe(110 * (1 - 10 * 4e-6), 1e-9);
        own.Fills[2].Price.ShouldBe(143 * (1 + 10 * 4e-6), 1e-9);
        scaled.Fills[1].Price.ShouldBe(110 * (1 - 10 * 4e-4), 1e-9);
        scaled.Fills[2].Price.ShouldBe(143 * (1 + 10 * 4e-4), 1e-9);
        scaled.Cash.ShouldBe(1_000_000 - scaled.Fills.Sum(f => (f.Side == "buy" ? 1 : -1) * f.Quantity * f.Price * 5), 1e-6);
    }

    [Fact]
    public void Every_host_settles_an_expired_contract_at_its_last_price()
    {
        var story = new Story("expiry", 100_000, new StoryExecution(), new StorySettings(),
            new StoryInstrument(Multiplier: 5, MarginPerUnit: 10, Rolls: [[2, 111]]), s_bars[..3], [new StoryAct(0, "buy", 2)], s_none);
        var hosts = StoryHosts.Run(story);
        foreach (var host in new[] { hosts.Strategy, hosts.Venue, hosts.Ledger, hosts.Portfolio })
        {
            host.Cash.ShouldBe(100_000 + 11 * 2 * 5, 1e-9);
            host.Position.ShouldBe(0);
        }
        hosts.Strategy.Trades.Single().Reason.ShouldBe("expired");
    }

    // A volume of 1 % keeps most of an exit for later bars, over the roll.
    [Fact]
    public void What_waits_for_volume_is_rolled_too()
    {
        double[][] bars = [[100, 100, 100, 100, 1000], [100, 100, 100, 100, 1000], [101, 101, 101, 101, 100], [142, 142, 142, 142, 100],
            [143, 143, 143, 143, 400]];
        var story = new Story("waiting", 100_000, new StoryExecution(VolumePercent: 1), new StorySettings(),
            new StoryInstrument(Lot: 1, MarginPerUnit: 10, Rolls: [[3, 102, 142]]), bars,
            [new StoryAct(0, "buy", 1), new StoryAct(1, "leave long", 0)], s_none);
        var found = StoryHosts.Run(story, scale: 5).Portfolio;
        found.Fills.Select(f => (f.Day, f.Quantity, f.Price)).ShouldBe(
            [(1, 5, 100), (2, 1, 101), (3, 4, 102), (3, 4, 142), (3, 1, 142), (4, 3, 143)]);
        found.Position.ShouldBe(0);
        // 1 from 100 to 101; 4 from 100 to 102; 1 of the new contract at its own open; 3 from 142 to 143.
        found.Cash.ShouldBe(500_000 + 1 + 8 + 3, 1e-9);
    }
}
