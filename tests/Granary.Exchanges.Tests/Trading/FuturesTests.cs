using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>What perpetual contracts have beyond a spot market.</summary>
public sealed class FuturesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-futures-").FullName;
    private int _orders;

    public static TheoryData<string> Names => TestExchange.Futures;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<ExchangeServer> ServerAsync(string name) =>
        ExchangeServer.StartAsync(TestExchange.Named(name).Dialect(new MarketTerms()));

    private Task<VenueBroker> ConnectAsync(string name, ExchangeServer server, VenueSettings? settings = null, double leverage = 0) =>
        VenueBroker.ConnectAsync(TestExchange.Named(name).Open(server.Endpoint), settings ?? TestVenue.Fast,
            TestVenue.Environment(_folder) with { Execution = new ExecutionSettings { Leverage = leverage } }, default);

    private BrokerOrder Enter(Side side, double quantity = 2, Protection? protection = null) => new()
    {
        ClientId = $"g1-0-{++_orders}-e",
        Symbol = TestVenue.Symbol,
        Side = side,
        Type = OrderType.Market,
        Quantity = quantity,
        Protection = protection ?? Protection.None,
    };

    private BrokerOrder Exit(BrokerOrder entry) => new()
    {
        ClientId = $"g1-0-{++_orders}-x1",
        Symbol = TestVenue.Symbol,
        Side = (Side)(-(int)entry.Side),
        Type = OrderType.Market,
        Quantity = entry.Quantity,
        Closes = entry.ClientId,
    };

    private static async Task<List<BrokerFill>> FillsAsync(VenueBroker broker) =>
        [.. (await broker.PollAsync(0)).Select(e => e.Fill).OfType<BrokerFill>()];

    private static async Task<List<BrokerFinancing>> FundingAsync(VenueBroker broker) =>
        [.. (await broker.PollAsync(0)).Select(e => e.Financing).OfType<BrokerFinancing>()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_short_trade_gains_when_the_price_falls_and_its_exit_only_reduces(string name)
    {
        await using var server = await ServerAsync(name);
        await using var broker = await ConnectAsync(name, server);
        var before = (await broker.SnapshotAsync()).Cash;
        var entry = Enter(Side.Sell);
        await broker.SubmitAsync(entry);
        (await broker.PollAsync(0)).ShouldNotBeEmpty();
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(-2);
        server.Market.Trade(100, 90);
        await broker.SubmitAsync(Exit(entry));
        var fills = await FillsAsync(broker);
        fills.Select(f => (f.Side, f.Price, f.Quantity)).ShouldBe([(Side.Sell, 100, 2), (Side.Buy, 90, 2)]);
        var after = await broker.SnapshotAsync();
        after.Positions.ShouldBeEmpty();
        // Twice ten, less 0.1 % of 200 and of 180.
        after.Cash.ShouldBe(before + 20 - 0.2 - 0.18, 1e-9);
        server.Market.Orders.Select(o => o.ReduceOnly).ShouldBe([false, true]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Stop_and_target_of_a_short_trade_wait_at_the_exchange_and_only_reduce(string name)
    {
        await using var server = await ServerAsync(name);
        await using var broker = await ConnectAsync(name, server);
        await broker.SubmitAsync(Enter(Side.Sell, protection: new Protection(0, 0.05, 0, 0.1, 0, FromNextBar: true)));
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 1
            && server.Market.Orders.Count(o => o.IsActive) == 2);
        var legs = server.Market.Orders.Where(o => o.IsActive).ToList();
        legs.ShouldAllBe(o => o.ReduceOnly && o.IsBuy && o.Size == 2);
        legs.Select(o => (o.Stop, o.Limit)).ShouldBe([(105, 0), (0, 90)], ignoreOrder: true);
        server.Market.Trade(100, 106);
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Any(f => f is { Leg: "stop", Price: >= 105, Quantity: 2 }));
        await Eventually.HoldsAsync(() => server.Market.Orders.All(o => !o.IsActive));
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_exit_beside_an_entry_of_the_other_direction_that_is_not_booked_yet_may_do_more_than_reduce(string name)
    {
        await using var server = await ServerAsync(name);
        await using var broker = await ConnectAsync(name, server);
        var bought = Enter(Side.Buy);
        await broker.SubmitAsync(bought);
        (await FillsAsync(broker)).Count.ShouldBe(1);
        // As a strategy that turns: the entry may be filled and not reported before the exit is sent.
        await broker.SubmitAsync(Enter(Side.Sell, 3) with { Type = OrderType.Limit, LimitPrice = 100.5 });
        (await broker.SubmitAsync(Exit(bought))).State.ShouldNotBe(OrderState.Rejected);
        server.Market.Orders[^1].ReduceOnly.ShouldBeFalse();
        server.Market.Trade(100, 101);
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 3);
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(-3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Trades_of_both_directions_close_each_for_itself(string name)
    {
        await using var server = await ServerAsync(name);
        await using var broker = await ConnectAsync(name, server);
        var (bought, sold) = (Enter(Side.Buy, 3), Enter(Side.Sell, 2));
        await broker.SubmitAsync(bought);
        await broker.SubmitAsync(sold);
        (await FillsAsync(broker)).Count.ShouldBe(2);
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(1);
        // The exchange holds one; an order of three that only reduces would close one of them.
        await broker.SubmitAsync(Exit(bought));
        (await FillsAsync(broker)).Count.ShouldBe(3);
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(-2);
        await broker.SubmitAsync(Exit(sold));
        (await FillsAsync(broker)).Count.ShouldBe(4);
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Funding_is_booked_once_also_over_a_restart_and_the_cash_agrees(string name)
    {
        await using var server = await ServerAsync(name);
        await using (var broker = await ConnectAsync(name, server))
        {
            await broker.SubmitAsync(Enter(Side.Buy));
            (await broker.PollAsync(0)).ShouldNotBeEmpty();
            server.Market.Pay(-0.75m);
            server.Market.Pay(0.25m);
            await Eventually.HoldsAsync(async () => (await FundingAsync(broker)).Count == 2);
        }
        await using var again = await ConnectAsync(name, server);
        (await again.SnapshotAsync()).Cash.ShouldBe(1_000_000 - 200 - 0.2 - 0.5, 1e-9);
        (await FundingAsync(again)).Select(f => (f.Symbol, f.Kind, f.Amount)).ShouldBe(
            [(TestVenue.Symbol, FinancingKind.Funding, -0.75), (TestVenue.Symbol, FinancingKind.Funding, 0.25)], ignoreOrder: true);
        var fill = (await FillsAsync(again)).ShouldHaveSingleItem();
        // The ledger of a session books it as financing of the account, and not as fees.
        var ledger = new AccountLedger(1_000_000, _ => 1);
        foreach (var e in await again.PollAsync(0)) ledger.Report(e, out _);
        foreach (var e in await again.PollAsync(0)) ledger.Report(e, out _);
        (ledger.Funding, ledger.Financing, ledger.Fees).ShouldBe((-0.5, -0.5, fill.Fee));
        ledger.Cash.ShouldBe(1_000_000 - 200 - 0.2 - 0.5, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_liquidation_ends_the_oldest_trades_and_cancels_their_stops(string name)
    {
        await using var server = await ServerAsync(name);
        // The difference of the clocks is measured with an error; the exchange's own times have none among themselves.
        server.Faults.Skew = TimeSpan.FromMilliseconds(400);
        await using var broker = await ConnectAsync(name, server);
        var (first, second) = (Enter(Side.Buy, 2, new Protection(50, 0, 0, 0, 0, true)), Enter(Side.Buy, 4));
        await broker.SubmitAsync(first);
        await broker.SubmitAsync(second);
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 2 && server.Market.Orders.Any(o => o.IsActive));
        server.Market.Trade(100, 70);
        server.Market.Liquidate(0.5m);
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 4);
        var forced = (await FillsAsync(broker)).Where(f => f.Leg == "liquidation").ToList();
        forced.Select(f => (f.ClientId, f.Side, f.Price, f.Quantity))
            .ShouldBe([(first.ClientId, Side.Sell, 70, 2), (second.ClientId, Side.Sell, 70, 1)]);
        forced.Sum(f => f.Fee).ShouldBe(0.21, 1e-9);
        await Eventually.HoldsAsync(() => server.Market.Orders.All(o => !o.IsActive));
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(3);
        (await broker.SubmitAsync(Exit(second))).State.ShouldNotBe(OrderState.Rejected);
        (await broker.PollAsync(0)).ShouldNotBeEmpty();
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_machine_whose_clock_is_ahead_misses_no_funding_and_no_liquidation(string name)
    {
        await using var server = await ServerAsync(name);
        var ahead = new ClockAhead(TimeSpan.FromMinutes(10));
        await using var broker = await VenueBroker.ConnectAsync(TestExchange.Named(name).Open(server.Endpoint, ahead), TestVenue.Fast,
            TestVenue.Environment(_folder) with { Clock = ahead }, default);
        var entry = Enter(Side.Buy);
        await broker.SubmitAsync(entry);
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 1);
        server.Market.Pay(-0.75m);
        server.Market.Liquidate(1);
        var fills = await Eventually.IsAsync(() => FillsAsync(broker), f => f.Count == 2);
        fills.Select(f => (f.ClientId, f.Leg, f.Quantity)).ShouldBe(
            [(entry.ClientId, "", 2), (entry.ClientId, "liquidation", 2)], ignoreOrder: true);
        (await FundingAsync(broker)).ShouldHaveSingleItem().Amount.ShouldBe(-0.75);
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }

    // The local exchange keeps the machine's time.
    private sealed class ClockAhead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Leverage_and_margin_mode_are_set_before_the_first_order(string name)
    {
        await using var server = await ServerAsync(name);
        await using (var broker = await ConnectAsync(name, server, TestVenue.Fast with { CrossMargin = true }, leverage: 2.5))
            (server.Market.MarginMode, server.Market.Leverage).ShouldBe(("cross", 3));
        await using var isolated = await ConnectAsync(name, server, leverage: 5);
        await isolated.SubmitAsync(Enter(Side.Buy));
        (server.Market.MarginMode, server.Market.Leverage).ShouldBe(("isolated", 5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_account_in_hedge_mode_and_a_leverage_above_the_contracts_are_sentences(string name)
    {
        await using var server = await ServerAsync(name);
        server.Market.IsHedged = true;
        (await Should.ThrowAsync<InputException>(() => ConnectAsync(name, server))).Message
            .ShouldContain("the account is in hedge mode; set it to one-way mode");
        server.Market.IsHedged = false;
        (await Should.ThrowAsync<InputException>(() => ConnectAsync(name, server, leverage: 50))).Message
            .ShouldBe($"broker '{name}': the highest leverage of {TestVenue.Symbol} is 20, and execution.leverage is 50; lower it and run "
                + "the backtest again");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_position_of_the_owner_is_no_position_of_the_session(string name)
    {
        await using var server = await ServerAsync(name);
        server.Market.Place(TestVenue.BuyByHand(5));
        await using var broker = await ConnectAsync(name, server);
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
        await broker.SubmitAsync(Enter(Side.Sell));
        (await broker.PollAsync(0)).ShouldNotBeEmpty();
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(-2);
    }

    [Theory]
    [InlineData("kucoin-futures", "XBTUSDM"), InlineData("kucoin-futures", "BTC-USD"), InlineData("kucoin-futures", "BTCUSD_PERP"),
        InlineData("gateio-futures", "BTC_USD"), InlineData("gateio-futures", "XBTUSD")]
    public async Task An_inverse_contract_is_refused_with_the_linear_one_beside_it(string name, string symbol)
    {
        await using var server = await ServerAsync(name);
        (await Should.ThrowAsync<InputException>(() => VenueCheck.RunAsync(TestExchange.Named(name).Open(server.Endpoint),
            [symbol], default)))
            .Message.ShouldBe($"broker '{name}': {symbol} is an inverse contract, whose margin and profits are in its coin; trade BTCUSDT, "
                + "which is settled in USDT");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_margin_mode_that_is_not_that_of_the_configuration_is_refused(string name)
    {
        await using var server = await ServerAsync(name);
        (await Should.ThrowAsync<InputException>(() => VenueBroker.ConnectAsync(TestExchange.Named(name).Open(server.Endpoint),
            TestVenue.Fast, TestVenue.Environment(_folder) with
            {
                Execution = new ExecutionSettings { Leverage = 2, Margin = MarginMode.Cross },
            }, default)))
            .Message.ShouldContain("execution.margin is cross, and the broker's margin is isolated; pass --broker-options margin=cross");
    }
}
