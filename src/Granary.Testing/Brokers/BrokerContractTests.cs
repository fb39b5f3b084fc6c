using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Xunit;

namespace Granary.Testing.Brokers;

/// <summary>
/// The rules of <see cref="IBroker"/>, as tests. An adapter derives a class and gives it an account at a venue (a simulated one, a local
/// server, a testnet) whose market the test can move.
/// </summary>
public abstract class BrokerContractTests : IAsyncLifetime
{
    protected const string Symbol = "BTCUSDT";

    private int _orders;

    /// <summary>The open broker of the test.</summary>
    protected IBroker Broker { get; private set; } = null!;

    /// <summary>Opens the broker on the test's account. A second call, after the first broker was disposed of, is a restart on the same
    /// account.</summary>
    protected abstract Task<IBroker> OpenAsync(VenueBehaviour behaviour);

    /// <summary>Lets the market trade from one price to another, through all prices between.</summary>
    protected abstract Task TradeAsync(double from, double to);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        if (Broker is not null) await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the account, or opens it again.</summary>
    protected async Task StartAsync(VenueBehaviour behaviour = VenueBehaviour.Reliable)
    {
        if (Broker is not null) await Broker.DisposeAsync();
        Broker = await OpenAsync(behaviour);
    }

    private BrokerOrder Buy(double quantity = 2, Protection? protection = null) =>
        Order(Side.Buy) with { Quantity = quantity, Protection = protection ?? Protection.None };

    private BrokerOrder Sell(BrokerOrder entry) => Order(Side.Sell) with { Closes = entry.ClientId, Quantity = entry.Quantity };

    private BrokerOrder Order(Side side) => new()
    {
        ClientId = $"g12345678-0-{++_orders}-{(side == Side.Buy ? "e" : "x1")}",
        Symbol = Symbol,
        Side = side,
        Type = OrderType.Market,
        Quantity = 2,
    };

    private async Task<List<BrokerFill>> FillsAsync(long after = 0) =>
        [.. (await Broker.PollAsync(after)).Select(e => e.Fill).OfType<BrokerFill>()];

    private async Task<OrderState> StateAsync(BrokerOrder order)
    {
        var found = await Broker.FindAsync(order.ClientId);
        Assert.NotNull(found);
        Assert.Equal(order.ClientId, found.ClientId);
        return found.State;
    }

    private async Task<double> PositionAsync() => (await Broker.SnapshotAsync()).Positions.GetValueOrDefault(Symbol);

    // ---- acknowledgement, identity, rejection ------------------------------------------------------------------------------

    [Fact]
    public async Task A_market_order_is_received_then_filled_and_becomes_a_position()
    {
        await StartAsync();
        var order = Buy();
        var answer = await Broker.SubmitAsync(order);
        Assert.Equal(order.ClientId, answer.ClientId);
        Assert.Contains(answer.State, (OrderState[])[OrderState.Submitted, OrderState.PartiallyFilled, OrderState.Filled]);
        Assert.NotEmpty(answer.VenueId);
        await TradeAsync(100, 101);
        Assert.Equal(OrderState.Filled, await StateAsync(order));
        var fills = await FillsAsync();
        Assert.Equal(2, fills.Sum(f => f.Quantity));
        Assert.All(fills, f => Assert.Equal((Side.Buy, order.ClientId, "", Symbol), (f.Side, f.ClientId, f.Leg, f.Symbol)));
        Assert.All(fills, f => Assert.True(f.Price > 0 && f.ExecutionId.Length > 0));
        Assert.Equal(2, await PositionAsync());
    }

    [Fact]
    public async Task The_same_order_sent_twice_is_one_order()
    {
        await StartAsync();
        var order = Buy();
        var first = await Broker.SubmitAsync(order);
        var second = await Broker.SubmitAsync(order);
        Assert.Equal(first.VenueId, second.VenueId);
        await TradeAsync(100, 101);
        Assert.Equal(OrderState.Filled, (await Broker.SubmitAsync(order)).State);
        await TradeAsync(101, 102);
        Assert.Equal(2, (await FillsAsync()).Sum(f => f.Quantity));
    }

    [Fact]
    public async Task Several_orders_are_answered_in_their_order_and_a_refused_one_keeps_back_no_other()
    {
        await StartAsync();
        var (first, refused, last) = (Buy(), Buy(quantity: 0), Buy(quantity: 3));
        var outcomes = await Broker.SubmitAllAsync([first, refused, last]);
        Assert.Equal([first.ClientId, refused.ClientId, last.ClientId], outcomes.Select(o => o.Answer.ClientId));
        Assert.Equal([false, true, false], outcomes.Select(o => o.Answer.State == OrderState.Rejected));
        Assert.Empty(await Broker.SubmitAllAsync([]));
        await TradeAsync(100, 101);
        Assert.Equal(5, (await FillsAsync()).Sum(f => f.Quantity));
        // In which order the fills of two orders are reported is the venue's.
        Assert.Equal([first.ClientId, last.ClientId], (await FillsAsync()).Select(f => f.ClientId).Distinct().Order());
    }

    [Fact]
    public async Task An_order_that_was_never_sent_is_not_found()
    {
        await StartAsync();
        Assert.Null(await Broker.FindAsync("g12345678-9-9-e"));
        Assert.Null(await Broker.CancelAsync("g12345678-9-9-e"));
        Assert.Null(await Broker.MoveStopAsync("g12345678-9-9-e", 90));
        Assert.Null(await Broker.ProtectAsync("g12345678-9-9-e", 90, 0));
    }

    [Fact]
    public async Task A_refused_order_is_rejected_with_a_reason_and_stays_known_as_rejected()
    {
        await StartAsync();
        foreach (var order in (BrokerOrder[])[Buy(quantity: 0), Buy() with { Symbol = "NOSUCHTHING" }])
        {
            var answer = await Broker.SubmitAsync(order);
            Assert.Equal(OrderState.Rejected, answer.State);
            Assert.NotEmpty(answer.Reason);
            Assert.Equal(OrderState.Rejected, await StateAsync(order));
        }
        await TradeAsync(100, 101);
        Assert.Empty(await FillsAsync());
        Assert.Empty((await Broker.SnapshotAsync()).Orders);
    }

    // ---- limit and stop orders, cancellation ------------------------------------------------------------------------------

    [Fact]
    public async Task A_limit_order_waits_for_its_price_and_never_pays_more()
    {
        await StartAsync();
        var order = Buy() with { Type = OrderType.Limit, LimitPrice = 95 };
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 98);
        Assert.Equal(OrderState.Submitted, await StateAsync(order));
        Assert.Equal(order.ClientId, Assert.Single((await Broker.SnapshotAsync()).Orders).ClientId);
        await TradeAsync(98, 94);
        Assert.All(await FillsAsync(), f => Assert.True(f.Price <= 95));
        Assert.Equal(OrderState.Filled, await StateAsync(order));
        Assert.Empty((await Broker.SnapshotAsync()).Orders);
    }

    [Fact]
    public async Task A_stop_order_waits_for_its_price_and_pays_at_least_that()
    {
        await StartAsync();
        var order = Buy() with { Type = OrderType.Stop, StopPrice = 105 };
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 104);
        Assert.Empty(await FillsAsync());
        await TradeAsync(104, 107);
        var fills = await FillsAsync();
        Assert.Equal(2, fills.Sum(f => f.Quantity));
        Assert.All(fills, f => Assert.True(f.Price >= 105));
    }

    [Fact]
    public async Task A_cancelled_order_does_not_fill_and_a_second_cancellation_changes_nothing()
    {
        await StartAsync();
        var order = Buy() with { Type = OrderType.Limit, LimitPrice = 95 };
        await Broker.SubmitAsync(order);
        Assert.Equal(OrderState.Cancelled, (await Broker.CancelAsync(order.ClientId))!.State);
        await TradeAsync(100, 90);
        Assert.Empty(await FillsAsync());
        Assert.Equal(OrderState.Cancelled, (await Broker.CancelAsync(order.ClientId))!.State);
        Assert.Equal(OrderState.Cancelled, await StateAsync(order));
    }

    [Fact]
    public async Task The_cancellation_of_a_filled_order_changes_nothing()
    {
        await StartAsync();
        var order = Buy();
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 101);
        Assert.Equal(OrderState.Filled, (await Broker.CancelAsync(order.ClientId))!.State);
        Assert.Equal(2, await PositionAsync());
    }

    // ---- partial fills ------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Parts_are_reported_one_by_one_and_add_up_to_the_order()
    {
        await StartAsync(VenueBehaviour.FillsInParts);
        var order = Buy(quantity: 10);
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 101);
        var found = (await Broker.FindAsync(order.ClientId))!;
        Assert.Equal(OrderState.PartiallyFilled, found.State);
        Assert.InRange(found.Filled, 0.001, 9.999);
        Assert.Equal(found.Filled, await PositionAsync(), 1e-9);
        Assert.Equal(found.Filled, Assert.Single((await Broker.SnapshotAsync()).Orders).Filled, 1e-9);
        for (var i = 0; i < 20 && await StateAsync(order) != OrderState.Filled; i++) await TradeAsync(101, 101);
        Assert.Equal(OrderState.Filled, await StateAsync(order));
        var fills = await FillsAsync();
        Assert.True(fills.Count > 1);
        Assert.Equal(fills.Count, fills.Select(f => f.ExecutionId).Distinct().Count());
        Assert.Equal(10, fills.Sum(f => f.Quantity), 1e-9);
    }

    [Fact]
    public async Task The_cancellation_of_a_partly_filled_order_keeps_what_is_filled()
    {
        await StartAsync(VenueBehaviour.FillsInParts);
        var order = Buy(quantity: 10);
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 101);
        var cancelled = (await Broker.CancelAsync(order.ClientId))!;
        Assert.Equal(OrderState.Cancelled, cancelled.State);
        Assert.InRange(cancelled.Filled, 0.001, 9.999);
        for (var i = 0; i < 5; i++) await TradeAsync(101, 101);
        Assert.Equal(cancelled.Filled, (await FillsAsync()).Sum(f => f.Quantity), 1e-9);
        Assert.Equal(cancelled.Filled, await PositionAsync(), 1e-9);
    }

    // ---- stop and target of an entry --------------------------------------------------------------------------------------

    [Fact]
    public async Task Stop_and_target_work_from_the_entrys_fill_and_cancel_each_other()
    {
        await StartAsync();
        var order = Buy(protection: new Protection(0, 0.05, 0, 0.05, 0, FromNextBar: true));
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 100);
        var entry = Assert.Single(await FillsAsync()).Price;
        await TradeAsync(100, 110);
        var exit = (await FillsAsync())[^1];
        Assert.Equal(("target", Side.Sell, 2, order.ClientId), (exit.Leg, exit.Side, exit.Quantity, exit.ClientId));
        Assert.True(exit.Price >= entry * 1.05 - 1e-9);
        await TradeAsync(110, 80);
        Assert.Equal(2, (await FillsAsync()).Count);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
    }

    // Half at 3 percent above the entry, the rest at 8.
    private static readonly Protection InParts = new(90, 0, 0, 0, 0, FromNextBar: true)
    {
        Targets = [new TargetStep { Percent = 3, Share = 0.5 }, new TargetStep { Percent = 8 }],
    };

    [Fact]
    public async Task Targets_of_parts_close_their_shares_in_turn_also_after_a_restart()
    {
        await StartAsync();
        var order = Buy(protection: InParts);
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 100);
        var entry = (await FillsAsync())[0].Price;
        await TradeAsync(100, 105);
        Assert.Equal(1, await PositionAsync(), 1e-9);
        Assert.All((await FillsAsync()).Where(f => f.Side == Side.Sell),
            f => Assert.Equal(("target", true), (f.Leg, f.Price >= entry * 1.03 - 1e-9)));
        await StartAsync();
        await TradeAsync(105, 104);
        Assert.Equal(1, await PositionAsync(), 1e-9);
        await TradeAsync(104, 112);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
        var last = (await FillsAsync())[^1];
        Assert.Equal(("target", order.ClientId, true), (last.Leg, last.ClientId, last.Price >= entry * 1.08 - 1e-9));
        Assert.Equal(2, (await FillsAsync()).Where(f => f.Leg == "target").Sum(f => f.Quantity), 1e-9);
    }

    [Fact]
    public async Task A_stop_closes_what_the_targets_of_parts_have_left()
    {
        await StartAsync();
        await Broker.SubmitAsync(Buy(protection: InParts));
        await TradeAsync(100, 100);
        await TradeAsync(100, 105);
        await TradeAsync(105, 85);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
        var fills = await FillsAsync();
        Assert.Equal(1, fills.Where(f => f.Leg == "target").Sum(f => f.Quantity), 1e-9);
        Assert.Equal(1, fills.Where(f => f.Leg == "stop").Sum(f => f.Quantity), 1e-9);
    }

    [Fact]
    public async Task A_moved_stop_works_at_its_new_price()
    {
        await StartAsync();
        var order = Buy(protection: new Protection(90, 0, 0, 0, 0, FromNextBar: true));
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 105);
        Assert.NotNull(await Broker.MoveStopAsync(order.ClientId, 103));
        await TradeAsync(105, 99);
        var exit = (await FillsAsync())[^1];
        Assert.Equal("stop", exit.Leg);
        Assert.InRange(exit.Price, 103 * 0.999, 103 * 1.001);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
    }

    [Fact]
    public async Task A_replaced_stop_and_target_work_instead_of_those_of_the_entry()
    {
        await StartAsync();
        var order = Buy(protection: new Protection(90, 0, 104, 0, 0, FromNextBar: true));
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 101);
        Assert.NotNull(await Broker.ProtectAsync(order.ClientId, 0, 120));
        await TradeAsync(101, 106);
        await TradeAsync(106, 85);
        Assert.NotEmpty((await Broker.SnapshotAsync()).Positions);
        Assert.NotNull(await Broker.ProtectAsync(order.ClientId, 84, 120));
        Assert.NotNull(await Broker.ProtectAsync(order.ClientId, 84, 120));
        await TradeAsync(85, 80);
        var exit = (await FillsAsync())[^1];
        Assert.Equal("stop", exit.Leg);
        Assert.InRange(exit.Price, 84 * 0.999, 84 * 1.001);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
    }

    [Fact]
    public async Task An_exit_closes_its_entrys_trade_cancels_its_stop_and_never_opens_a_position()
    {
        await StartAsync();
        var entry = Buy(protection: new Protection(90, 0, 0, 0, 0, FromNextBar: true));
        await Broker.SubmitAsync(entry);
        await TradeAsync(100, 101);
        await Broker.SubmitAsync(Sell(entry));
        await TradeAsync(101, 102);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
        Assert.Equal(OrderState.Rejected, (await Broker.SubmitAsync(Sell(entry))).State);
        await TradeAsync(102, 80);
        Assert.Empty((await Broker.SnapshotAsync()).Positions);
        Assert.Equal(2, (await FillsAsync()).Count);
    }

    // ---- events and cash ----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Events_come_in_order_and_a_second_poll_returns_the_same_ones()
    {
        await StartAsync();
        await Broker.SubmitAsync(Buy());
        await TradeAsync(100, 101);
        await Broker.SubmitAsync(Buy());
        await TradeAsync(101, 102);
        var all = await Broker.PollAsync(0);
        Assert.True(all.Count >= 2);
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.Sequence < pair.Second.Sequence));
        Assert.Equal(all, await Broker.PollAsync(0));
        Assert.Equal(all.Skip(1), await Broker.PollAsync(all[0].Sequence));
        Assert.Empty(await Broker.PollAsync(all[^1].Sequence));
    }

    [Fact]
    public async Task Cash_changes_by_the_fills_and_their_fees()
    {
        await StartAsync();
        var before = (await Broker.SnapshotAsync()).Cash;
        var entry = Buy();
        await Broker.SubmitAsync(entry);
        await TradeAsync(100, 101);
        await Broker.SubmitAsync(Sell(entry) with { Quantity = 1 });
        await TradeAsync(101, 102);
        var expected = before - (await FillsAsync()).Sum(f => (int)f.Side * f.Price * f.Quantity + f.Fee);
        Assert.Equal(expected, (await Broker.SnapshotAsync()).Cash, 1e-6);
        Assert.Equal(1, await PositionAsync());
    }

    // ---- connection loss and restart --------------------------------------------------------------------------------------

    [Fact]
    public async Task An_order_without_an_answer_is_found_or_was_never_received_and_fills_once()
    {
        await StartAsync(VenueBehaviour.LosesAnswers);
        var (lost, arrived) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            var order = Buy(quantity: 1);
            for (var isKnown = false; !isKnown;)
            {
                try
                {
                    await Broker.SubmitAsync(order);
                    isKnown = true;
                }
                catch (BrokerUnavailableException e)
                {
                    Assert.NotEmpty(e.Message);
                    Assert.InRange(++lost, 1, 400);
                    // As a session does: it sends the order again only if the venue never received it.
                    isKnown = await Broker.FindAsync(order.ClientId) is not null;
                    if (isKnown) arrived++;
                }
            }
        }
        Assert.True(lost > 0 && arrived > 0 && arrived < lost,
            $"the venue must lose answers of both kinds: {lost} were lost, {arrived} of those orders had arrived");
        await TradeAsync(100, 101);
        var fills = await FillsAsync();
        Assert.Equal(40, fills.Select(f => f.ClientId).Distinct().Count());
        Assert.Equal(40, fills.Sum(f => f.Quantity));
        Assert.Equal(40, await PositionAsync());
    }

    [Fact]
    public async Task After_a_restart_orders_positions_cash_and_events_are_those_of_before()
    {
        await StartAsync();
        var held = Buy(protection: new Protection(90, 0, 0, 0, 0, FromNextBar: true));
        await Broker.SubmitAsync(held);
        await TradeAsync(100, 101);
        var waiting = Buy() with { Type = OrderType.Limit, LimitPrice = 95 };
        await Broker.SubmitAsync(waiting);
        var (before, events) = (await Broker.SnapshotAsync(), await Broker.PollAsync(0));

        await StartAsync();

        var after = await Broker.SnapshotAsync();
        Assert.Equal(before.Cash, after.Cash);
        Assert.Equal(before.Positions, after.Positions);
        Assert.Equal(Assert.Single(before.Orders), Assert.Single(after.Orders));
        Assert.Equal(events, await Broker.PollAsync(0));
        // A known id is still the same order, and both orders still work.
        await Broker.SubmitAsync(held);
        await Broker.SubmitAsync(waiting);
        await TradeAsync(101, 89);
        var news = await FillsAsync(events[^1].Sequence);
        Assert.Contains(news, f => f.ClientId == held.ClientId && f.Leg == "stop");
        Assert.Equal(2, news.Where(f => f.ClientId == waiting.ClientId).Sum(f => f.Quantity));
    }

    [Fact]
    public async Task After_a_restart_a_poll_from_the_last_known_event_returns_the_later_ones_only()
    {
        await StartAsync();
        await Broker.SubmitAsync(Buy());
        await TradeAsync(100, 101);
        var known = (await Broker.PollAsync(0))[^1].Sequence;
        var later = Buy(quantity: 3);
        await Broker.SubmitAsync(later);
        await StartAsync();
        await TradeAsync(101, 102);
        var fills = await FillsAsync(known);
        Assert.All(fills, f => Assert.Equal(later.ClientId, f.ClientId));
        Assert.Equal(3, fills.Sum(f => f.Quantity));
    }
}
