using Granary.Application.Live;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Live;

/// <summary>
/// What every broker owes (see <see cref="IBroker"/>): derive a class for an adapter, give it a venue (a sandbox account, a recorded one) that can be
/// made to trade at a price, and all of this is asked of it.
/// </summary>
public abstract class BrokerConformanceTests : IAsyncLifetime
{
    protected const string Symbol = "BTCUSDT";

    private int _orders;

    protected IBroker Broker { get; private set; } = null!;

    protected abstract Task<IBroker> OpenAsync();

    /// <summary>Lets the market trade from one price to another, through everything between.</summary>
    protected abstract Task TradeAsync(double from, double to);

    public async ValueTask InitializeAsync() => Broker = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private BrokerOrder Order(Side side = Side.Buy, OrderType type = OrderType.Market, double quantity = 2, double limit = 0, double stop = 0, Protection protection = default, string? closes = null) => new()
    {
        ClientId = $"g12345678-0-{++_orders}-{(closes is null ? "e" : "x1")}",
        Symbol = Symbol,
        Side = side,
        Type = type,
        Quantity = quantity,
        LimitPrice = limit,
        StopPrice = stop,
        Protection = protection,
        Closes = closes,
    };

    private async Task<List<BrokerFill>> FillsAsync(long after = 0) => [.. (await Broker.PollAsync(after)).Where(e => e.Fill is not null).Select(e => e.Fill!)];

    [Fact]
    public async Task A_market_order_is_received_then_filled_whole_and_becomes_a_position()
    {
        var order = Order();
        var answer = await Broker.SubmitAsync(order);
        answer.ClientId.ShouldBe(order.ClientId);
        answer.State.ShouldBeOneOf(OrderState.Submitted, OrderState.PartiallyFilled, OrderState.Filled);
        answer.VenueId.ShouldNotBeEmpty();
        await TradeAsync(100, 101);
        (await Broker.FindAsync(order.ClientId))!.State.ShouldBe(OrderState.Filled);
        var fills = await FillsAsync();
        fills.Sum(f => f.Quantity).ShouldBe(2);
        fills.ShouldAllBe(f => f.Side == Side.Buy && f.Price > 0 && f.ClientId == order.ClientId && f.Leg == "" && f.ExecutionId.Length > 0);
        (await Broker.SnapshotAsync()).Positions[Symbol].ShouldBe(2);
    }

    [Fact]
    public async Task The_same_order_sent_twice_is_one_order()
    {
        var order = Order();
        var first = await Broker.SubmitAsync(order);
        var second = await Broker.SubmitAsync(order);
        second.VenueId.ShouldBe(first.VenueId);
        await TradeAsync(100, 101);
        (await Broker.SubmitAsync(order)).State.ShouldBe(OrderState.Filled);
        await TradeAsync(101, 102);
        (await FillsAsync()).Sum(f => f.Quantity).ShouldBe(2);
    }

    [Fact]
    public async Task An_order_that_was_never_sent_is_not_found()
    {
        (await Broker.FindAsync("g12345678-9-9-e")).ShouldBeNull();
        (await Broker.CancelAsync("g12345678-9-9-e")).ShouldBeNull();
    }

    [Fact]
    public async Task A_limit_waits_for_its_price_and_never_pays_more()
    {
        var order = Order(type: OrderType.Limit, limit: 95);
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 98);
        (await Broker.FindAsync(order.ClientId))!.State.ShouldBe(OrderState.Submitted);
        (await Broker.SnapshotAsync()).Orders.Single().ClientId.ShouldBe(order.ClientId);
        await TradeAsync(98, 94);
        (await FillsAsync()).ShouldAllBe(f => f.Price <= 95);
        (await Broker.FindAsync(order.ClientId))!.State.ShouldBe(OrderState.Filled);
        (await Broker.SnapshotAsync()).Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_order_fills_no_more_and_cancelling_again_changes_nothing()
    {
        var order = Order(type: OrderType.Limit, limit: 95);
        await Broker.SubmitAsync(order);
        (await Broker.CancelAsync(order.ClientId))!.State.ShouldBe(OrderState.Cancelled);
        await TradeAsync(100, 90);
        (await FillsAsync()).ShouldBeEmpty();
        (await Broker.CancelAsync(order.ClientId))!.State.ShouldBe(OrderState.Cancelled);
        (await Broker.FindAsync(order.ClientId))!.State.ShouldBe(OrderState.Cancelled);
    }

    [Fact]
    public async Task Stop_and_target_work_from_the_entrys_fill_on_and_cancel_one_another()
    {
        var order = Order(protection: new Protection(0, 0.05, 0, 0.05, 0, FromNextBar: true));
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 100);
        var entry = (await FillsAsync()).Single().Price;
        await TradeAsync(100, 110);
        var exit = (await FillsAsync()).Last();
        (exit.Leg, exit.Side, exit.Quantity, exit.ClientId).ShouldBe(("target", Side.Sell, 2, order.ClientId));
        exit.Price.ShouldBeGreaterThanOrEqualTo(entry * 1.05 - 1e-9);
        await TradeAsync(110, 80);
        (await FillsAsync()).Count.ShouldBe(2);
        (await Broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stop_that_is_moved_falls_at_its_new_price()
    {
        var order = Order(protection: new Protection(90, 0, 0, 0, 0, FromNextBar: true));
        await Broker.SubmitAsync(order);
        await TradeAsync(100, 105);
        (await Broker.MoveStopAsync(order.ClientId, 103)).ShouldNotBeNull();
        await TradeAsync(105, 99);
        var exit = (await FillsAsync()).Last();
        exit.Leg.ShouldBe("stop");
        exit.Price.ShouldBe(103, 103 * 0.001);
        (await Broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_exit_closes_its_entrys_trade_takes_its_stop_with_it_and_never_opens_anything()
    {
        var entry = Order(protection: new Protection(90, 0, 0, 0, 0, FromNextBar: true));
        await Broker.SubmitAsync(entry);
        await TradeAsync(100, 101);
        await Broker.SubmitAsync(Order(Side.Sell, closes: entry.ClientId));
        await TradeAsync(101, 102);
        (await Broker.SnapshotAsync()).Positions.ShouldBeEmpty();
        (await Broker.SubmitAsync(Order(Side.Sell, closes: entry.ClientId))).State.ShouldBe(OrderState.Rejected);
        await TradeAsync(102, 80);
        (await Broker.SnapshotAsync()).Positions.ShouldBeEmpty();
        (await FillsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Events_come_in_order_and_again_for_whoever_asks_again()
    {
        await Broker.SubmitAsync(Order());
        await TradeAsync(100, 101);
        await Broker.SubmitAsync(Order(Side.Sell));
        await TradeAsync(101, 102);
        var all = await Broker.PollAsync(0);
        all.Select(e => e.Sequence).ShouldBeInOrder();
        all.Select(e => e.Sequence).ShouldBeUnique();
        all.Where(e => e.Fill is not null).Select(e => e.Fill!.ExecutionId).ShouldBeUnique();
        (await Broker.PollAsync(all[0].Sequence)).Select(e => e.Sequence).ShouldBe(all.Skip(1).Select(e => e.Sequence));
        (await Broker.PollAsync(all[^1].Sequence)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_that_cannot_be_is_refused_in_words_and_known_as_refused()
    {
        var order = Order(quantity: 0);
        var answer = await Broker.SubmitAsync(order);
        (answer.State, answer.Reason.Length > 0).ShouldBe((OrderState.Rejected, true));
        (await Broker.FindAsync(order.ClientId))!.State.ShouldBe(OrderState.Rejected);
    }

    [Fact]
    public async Task Cash_is_what_the_fills_have_left_of_it()
    {
        var before = (await Broker.SnapshotAsync()).Cash;
        await Broker.SubmitAsync(Order());
        await TradeAsync(100, 101);
        await Broker.SubmitAsync(Order(Side.Sell, quantity: 1));
        await TradeAsync(101, 102);
        var expected = before - (await FillsAsync()).Sum(f => (int)f.Side * f.Price * f.Quantity + f.Fee);
        (await Broker.SnapshotAsync()).Cash.ShouldBe(expected, 1e-6);
    }
}
