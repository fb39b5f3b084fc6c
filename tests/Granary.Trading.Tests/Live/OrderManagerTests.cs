using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

public sealed class OrderManagerTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-orders-").FullName;
    private readonly AccountJournal _journal;
    private readonly Venue _venue = new();
    private readonly AccountLedger _ledger = new(1000, _ => 1);
    private readonly OrderManager _manager;

    public OrderManagerTests()
    {
        _journal = new AccountJournal(FileJournal.Open(_folder, TimeProvider.System, flush: false), TimeProvider.System);
        _manager = new OrderManager(_venue, _journal, _ledger, "gtag");
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // A venue by hand.
    private sealed class Venue : IBroker
    {
        public Dictionary<string, BrokerOrderStatus> Orders { get; } = [];

        public List<BrokerEvent> Events { get; } = [];

        public Dictionary<string, double> Positions { get; } = [];

        public int Submissions { get; private set; }

        public int Lost { get; set; }

        public bool ArrivesAllTheSame { get; set; }

        public List<string> Cancelled { get; } = [];

        public string Name => "venue";

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
        {
            Submissions++;
            var lost = Lost-- > 0;
            if (!lost || ArrivesAllTheSame)
                Orders.TryAdd(order.ClientId, new BrokerOrderStatus(order.ClientId, $"V{Orders.Count + 1}", OrderState.Submitted, 0, ""));
            return lost ? throw new BrokerUnavailableException("no answer") : new(Orders[order.ClientId]);
        }

        public void Fill(string clientId, double quantity, double price, OrderState state, string execution, string leg = "",
            Side side = Side.Buy)
        {
            Orders[clientId] = Orders[clientId] with { State = state, Filled = Orders[clientId].Filled + (leg.Length == 0 ? quantity : 0) };
            Events.Add(new BrokerEvent(Events.Count + 1, new BrokerFill(execution, clientId, leg, "BTC", side, price, quantity, 0.5, 5),
                Orders[clientId]));
            Positions["BTC"] = Positions.GetValueOrDefault("BTC") + (int)side * quantity;
        }

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default)
        {
            Cancelled.Add(clientId);
            if (!Orders.TryGetValue(clientId, out var order)) return new((BrokerOrderStatus?)null);
            return new(Orders[clientId] = order with { State = OrderState.Cancelled });
        }

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                new(Orders.GetValueOrDefault(clientId));

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) => new(Orders.GetValueOrDefault(clientId));

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            new(Orders.GetValueOrDefault(clientId));

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            new([.. Events.Where(e => e.Sequence > after)]);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            new(new BrokerSnapshot(Positions, 0, [.. Orders.Values.Where(o => !o.State.IsFinal())]));

        public ValueTask DisposeAsync() => default;
    }

    private static OrderIntended Entry(string id = "gtag-0-1-e", double quantity = 2) =>
        new(1, new BrokerOrder { ClientId = id, Symbol = "BTC", Side = Side.Buy, Type = OrderType.Market, Quantity = quantity },
            OrderRole.Entry, 1, ExitReason.Open)
        { Strategy = "S", Symbol = "BTC" };

    private ValueTask SendAsync(params OrderIntended[] intents) => _manager.SendAsync(1, [], [.. intents], CancellationToken.None);

    private async Task<List<JournalEvent>> WrittenAsync()
    {
        await _journal.FlushAsync();
        return await _journal.ReadAsync().ToListAsync();
    }

    [Fact]
    public async Task An_order_goes_through_its_states_and_is_closed_with_its_trade()
    {
        await SendAsync(Entry());
        var order = _ledger.Find("gtag-0-1-e")!;
        (order.State, order.VenueId).ShouldBe((OrderState.Submitted, "V1"));
        _venue.Fill("gtag-0-1-e", 1, 100, OrderState.PartiallyFilled, "x1");
        await _manager.PollAsync(2, CancellationToken.None);
        (order.State, order.Filled, _ledger.ActiveTrades.Single().Open).ShouldBe((OrderState.PartiallyFilled, 1, 1));
        _venue.Fill("gtag-0-1-e", 1, 102, OrderState.Filled, "x2");
        await _manager.PollAsync(3, CancellationToken.None);
        var trade = _ledger.ActiveTrades.Single();
        (order.State, trade.EntryPrice, trade.State, _ledger.PositionOf("BTC"), _ledger.Cash).ShouldBe((OrderState.Filled, 101,
            TradeState.Active, 2, 1000 - 202 - 1));
        _venue.Fill("gtag-0-1-e", 2, 99, OrderState.Filled, "x3", "stop", Side.Sell);
        await _manager.PollAsync(4, CancellationToken.None);
        (order.State, order.Ended, trade.State, trade.Profit, trade.Fees, trade.Why).ShouldBe((OrderState.Closed, OrderState.Filled,
            TradeState.Closed, -4, 1.5, "stop"));
        _ledger.OpenOrders.ShouldBeEmpty();
        var written = await WrittenAsync();
        written.Where(e => e is not OrderChanged).Select(e => e.GetType())
            .ShouldBe([typeof(OrderIntended), typeof(OrderAnswered), typeof(VenueReported), typeof(TradeChanged), typeof(PositionChanged),
            typeof(VenueReported), typeof(TradeChanged), typeof(PositionChanged), typeof(VenueReported), typeof(TradeChanged),
            typeof(PositionChanged), typeof(OrderClosed)]);
        written.OfType<OrderChanged>().Select(c => (c.From, c.To, c.Strategy, c.Symbol)).ShouldBe([
            (OrderState.New, OrderState.Submitted, "S", "BTC"), (OrderState.Submitted, OrderState.PartiallyFilled, "S", "BTC"),
            (OrderState.PartiallyFilled, OrderState.Filled, "S", "BTC"), (OrderState.Filled, OrderState.Closed, "S", "BTC")]);
    }

    [Fact]
    public async Task A_stop_or_target_that_the_venue_hits_is_called_back_once_for_each_fill_with_its_trade()
    {
        var hits = new List<(string Leg, double Price, double Open, TradeState State)>();
        _ledger.Hit = (trade, fill) => hits.Add((fill.Leg, fill.Price, trade.Open, trade.State));
        await SendAsync(Entry());
        _venue.Fill("gtag-0-1-e", 2, 100, OrderState.Filled, "x1");
        await _manager.PollAsync(2, CancellationToken.None);
        hits.ShouldBeEmpty();
        _venue.Fill("gtag-0-1-e", 0.5, 104, OrderState.Filled, "x2", "target", Side.Sell);
        _venue.Fill("gtag-0-1-e", 1.5, 98, OrderState.Filled, "x3", "stop", Side.Sell);
        // Told once more, as after a reconnection.
        _venue.Events.Add(_venue.Events[^1] with { Sequence = 4 });
        await _manager.PollAsync(3, CancellationToken.None);
        await _manager.PollAsync(4, CancellationToken.None);
        hits.ShouldBe([("target", 104, 1.5, TradeState.Active), ("stop", 98, 0, TradeState.Closed)]);
    }

    [Fact]
    public async Task A_fill_that_is_reported_twice_is_booked_once()
    {
        await SendAsync(Entry());
        _venue.Fill("gtag-0-1-e", 2, 100, OrderState.Filled, "x1");
        await _manager.PollAsync(2, CancellationToken.None);
        // The same execution under another event, as after a reconnection.
        _venue.Events.Add(_venue.Events[0] with { Sequence = 2 });
        await _manager.PollAsync(3, CancellationToken.None);
        _ledger.Report(_venue.Events[0], out _).ShouldBeFalse();
        (_ledger.Fills, _ledger.PositionOf("BTC"), _ledger.Cash).ShouldBe((1, 2, 1000 - 200.5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_does_not_come_makes_the_order_unknown_and_it_is_asked_for_not_sent_blindly(bool arrived)
    {
        (_venue.Lost, _venue.ArrivesAllTheSame) = (1, arrived);
        await SendAsync(Entry());
        var order = _ledger.Find("gtag-0-1-e")!;
        (order.Unknown, order.State).ShouldBe((false, OrderState.Submitted));
        _venue.Submissions.ShouldBe(arrived ? 1 : 2);
        (await WrittenAsync()).OfType<OrderAnswered>().Select(a => a.Status is null).ShouldBe([true, false]);
    }

    [Fact]
    public async Task An_order_that_only_its_answer_says_is_filled_awaits_its_fills()
    {
        await SendAsync(Entry());
        var order = _ledger.Find("gtag-0-1-e")!;
        _ledger.Answer("gtag-0-1-e", new BrokerOrderStatus("gtag-0-1-e", "V1", OrderState.Filled, 2, ""));
        (order.State, order.AwaitsFills).ShouldBe((OrderState.Filled, true));
        _venue.Fill("gtag-0-1-e", 2, 100, OrderState.Filled, "x1");
        await _manager.PollAsync(2, CancellationToken.None);
        (order.Booked, order.AwaitsFills).ShouldBe((2, false));
        // A stop of the trade is no fill of the order.
        _venue.Fill("gtag-0-1-e", 2, 99, OrderState.Filled, "x2", "stop", Side.Sell);
        await _manager.PollAsync(3, CancellationToken.None);
        order.Booked.ShouldBe(2);
    }

    [Fact]
    public async Task While_the_venue_is_silent_the_order_stays_unknown_and_is_never_taken_for_failed()
    {
        _venue.Lost = int.MaxValue;
        await SendAsync(Entry());
        var order = _ledger.Find("gtag-0-1-e")!;
        (order.Unknown, order.State, _manager.Fault).ShouldBe((true, OrderState.New, "no answer"));
        _venue.Lost = 0;
        await _manager.ResolveAsync(2, CancellationToken.None);
        (order.Unknown, order.State, _manager.Fault).ShouldBe((false, OrderState.Submitted, null));
    }

    [Fact]
    public async Task A_position_that_differs_is_reported_taken_over_from_the_venue_and_blocks_its_symbol()
    {
        await SendAsync(Entry());
        _venue.Fill("gtag-0-1-e", 2, 100, OrderState.Filled, "x1");
        _venue.Positions["BTC"] = 5;
        _venue.Positions["ETH"] = -1;
        var found = await _manager.ReconcileAsync(2, CancellationToken.None);
        found.Count.ShouldBe(2);
        found[0].ShouldBe("BTC: the venue holds 5, our fills make 2; entries in it wait for 'resume'");
        (_ledger.PositionOf("BTC"), _ledger.PositionOf("ETH")).ShouldBe((5, -1));
        _ledger.Blocked.ShouldBe(["BTC", "ETH"], ignoreOrder: true);
        (await _manager.ReconcileAsync(3, CancellationToken.None)).ShouldBeEmpty();
        (await WrittenAsync()).OfType<Reconciled>().ShouldAllBe(r => r.Rule == "the venue is right about what it holds");
        // A ledger made from the journal stands the same.
        var again = new AccountLedger(1000, _ => 1);
        foreach (var e in await WrittenAsync()) again.Apply(e);
        (again.PositionOf("BTC"), again.PositionOf("ETH"), again.Cash, again.VenueSequence).ShouldBe((5, -1, _ledger.Cash, 1));
        again.Blocked.ShouldBe(["BTC", "ETH"], ignoreOrder: true);
        (again.Differences, _ledger.Differences).ShouldBe((2, 2));
    }

    [Fact]
    public async Task A_closed_position_that_differs_from_zero_by_a_rounding_error_is_no_difference()
    {
        await SendAsync(Entry());
        _venue.Fill("gtag-0-1-e", 2, 100, OrderState.Filled, "x1");
        _venue.Fill("gtag-0-1-e", 2, 99, OrderState.Filled, "x2", "stop", Side.Sell);
        _venue.Positions["BTC"] = -1.5e-14;
        (await _manager.ReconcileAsync(2, CancellationToken.None)).ShouldBeEmpty();
        _ledger.Blocked.ShouldBeEmpty();
        _venue.Positions["BTC"] = -1.5e-6;
        (await _manager.ReconcileAsync(3, CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_order_of_ours_that_should_not_wait_is_cancelled_and_orders_of_others_are_left_alone()
    {
        _venue.Orders["gtag-7-7-e"] = new BrokerOrderStatus("gtag-7-7-e", "V7", OrderState.Submitted, 0, "");
        _venue.Orders["by-hand"] = new BrokerOrderStatus("by-hand", "V8", OrderState.Submitted, 0, "");
        (await _manager.ReconcileAsync(2, CancellationToken.None)).Count.ShouldBe(2);
        _venue.Cancelled.ShouldBe(["gtag-7-7-e"]);
        // Reported once.
        (await _manager.ReconcileAsync(3, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_that_the_venue_has_lost_is_cancelled_in_our_books()
    {
        await SendAsync(Entry());
        _venue.Orders.Clear();
        (await _manager.ReconcileAsync(2, CancellationToken.None)).Single().ShouldContain("the venue does not know it any more");
        var order = _ledger.Find("gtag-0-1-e")!;
        (order.State is OrderState.Cancelled or OrderState.Closed).ShouldBeTrue();
    }

    [Fact]
    public async Task An_intent_is_on_the_disk_before_its_order_is_sent()
    {
        var written = -1;
        var watching = new OrderManager(new Peeking(_venue,
            () => written = FileJournal.Peek(_folder, new JournalQuery(Kind: nameof(OrderIntended))).Count), _journal, _ledger, "gtag");
        await watching.SendAsync(1, [], [Entry()], CancellationToken.None);
        written.ShouldBe(1);
    }

    private sealed class Peeking(Venue inner, Action before) : IBroker
    {
        public string Name => inner.Name;

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
        {
            before();
            return inner.SubmitAsync(order, cancellationToken);
        }

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.CancelAsync(clientId, cancellationToken);

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) => inner.MoveStopAsync(clientId, stopPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            inner.PollAsync(after, cancellationToken);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            inner.SnapshotAsync(cancellationToken);

        public ValueTask DisposeAsync() => default;
    }
}
