using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>Orders that a session makes at one time, in several instruments.</summary>
public sealed class OrderGroupTests : IDisposable
{
    private static readonly string[] Others = ["ETH", "SOL", "ADA"], Symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "ADAUSDT"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-group-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Venue(ExchangeServer Server, VenueBroker Broker) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Broker.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    private async Task<Venue> OpenAsync(string name, VenueSettings? settings = null)
    {
        var exchange = TestExchange.Named(name);
        var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms { Others = Others }));
        return new Venue(server, await VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), settings ?? TestVenue.Fast,
            TestVenue.Environment(_folder, Symbols[1..]), default));
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Orders_of_different_symbols_are_on_their_way_at_the_same_time_and_those_of_one_symbol_in_their_order(string name)
    {
        await using var open = await OpenAsync(name);
        var (server, broker) = (open.Server, open.Broker);
        // No order is answered before the exchange has read one of each symbol.
        var (read, all) = (0, new TaskCompletionSource());
        server.Answering = () =>
        {
            if (Interlocked.Increment(ref read) == Symbols.Length) all.SetResult();
            return all.Task;
        };
        List<BrokerOrder> orders = [.. from round in Enumerable.Range(0, 3)
                                       from symbol in Symbols
                                       select TestVenue.Buy($"g1-{round}-{symbol[..3]}-e", 90, symbol)];
        var outcomes = await broker.SubmitAllAsync(orders);
        outcomes.Select(o => o.Answer.ClientId).ShouldBe(orders.Select(o => o.ClientId));
        outcomes.ShouldAllBe(o => o.Answer.State == OrderState.Submitted && o.Fault == null);
        foreach (var symbol in Symbols)
            server.Market.Orders.Where(o => o.Coin == symbol[..3]).Select(o => o.ClientId)
                .ShouldBe(orders.Where(o => o.Symbol == symbol).Select(o => o.ClientId));
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Exits_of_several_symbols_cancel_their_stops_first_and_leave_nothing_open(string name)
    {
        await using var open = await OpenAsync(name);
        var (server, broker) = (open.Server, open.Broker);
        var entries = Symbols.Select(s => TestVenue.Buy($"g1-0-{s[..3]}-e", 0, s) with
        {
            Protection = new Protection(90, 0, 0, 0, 0, false),
        }).ToList();
        await broker.SubmitAllAsync(entries);
        await Eventually.HoldsAsync(async () =>
        {
            await broker.PollAsync(0);
            return server.Market.Orders.Count(o => o.WaitsForStop && o.IsActive) == Symbols.Length;
        });
        var outcomes = await broker.SubmitAllAsync([.. entries.Select(e => e with
        {
            ClientId = e.ClientId[..^1] + "x1",
            Side = Side.Sell,
            Closes = e.ClientId,
            Protection = Protection.None,
        })]);
        outcomes.ShouldAllBe(o => o.Answer.State != OrderState.Rejected);
        await Eventually.HoldsAsync(async () => (await broker.SnapshotAsync()).Positions.Count == 0);
        server.Market.Orders.ShouldAllBe(o => !o.IsActive);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task An_order_without_an_answer_keeps_back_no_other_and_is_found_afterwards(string name)
    {
        await using var open = await OpenAsync(name, TestVenue.Fast with { RequestLife = TimeSpan.FromSeconds(2) });
        var (server, broker) = (open.Server, open.Broker);
        List<BrokerOrder> orders = [.. Symbols.Select(s => TestVenue.Buy($"g1-0-{s[..3]}-e", 90, s))];
        // The last one is refused by the adapter.
        orders.Add(TestVenue.Buy("g1-0-5-e", 90) with { Quantity = 1e-9 });
        (server.Faults.DropAfter, server.Faults.Seed) = (1, 3);
        var outcomes = await broker.SubmitAllAsync(orders);
        outcomes.SkipLast(1).ShouldAllBe(o => o.Status == null && o.Fault != null);
        outcomes[^1].Answer.State.ShouldBe(OrderState.Rejected);
        server.Faults.DropAfter = 0;
        foreach (var order in orders.SkipLast(1))
            (await broker.FindAsync(order.ClientId)).ShouldNotBeNull().State.ShouldBe(OrderState.Submitted);
        server.Market.Received.Count.ShouldBe(Symbols.Length);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Fact]
    public async Task The_limit_of_open_trades_counts_the_orders_of_the_same_bar()
    {
        await using var open = await OpenAsync("binance", TestVenue.Fast with { MaxExposure = 500 });
        var (server, broker) = (open.Server, open.Broker);
        var outcomes = await broker.SubmitAllAsync([.. Symbols.Select(s => TestVenue.Buy($"g1-0-{s[..3]}-e", 99, s))]);
        outcomes.Select(o => o.Answer.State).ShouldBe(
            [OrderState.Submitted, OrderState.Submitted, OrderState.Rejected, OrderState.Rejected]);
        outcomes[2].Answer.Reason.ShouldContain("maxExposure");
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Orders_that_have_reached_the_journal_are_remembered_nowhere_else(string name)
    {
        await using var open = await OpenAsync(name, TestVenue.Fast with { RequestLife = TimeSpan.FromSeconds(2) });
        var (server, broker) = (open.Server, open.Broker);
        var (never, late) = (TestVenue.Buy("g1-0-1-e", 90), TestVenue.Buy("g1-0-2-e", 90));
        (await broker.FindAsync(never.ClientId)).ShouldBeNull();
        server.Faults.DropBefore = 1;
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.SubmitAsync(late));
        server.Faults.DropBefore = 0;
        (await broker.FindAsync(late.ClientId)).ShouldBeNull();
        // One that an earlier process may have sent, and one that certainly never arrived.
        broker.Remembered.ShouldBe(2);
        foreach (var order in (BrokerOrder[])[never, late, .. Enumerable.Range(3, 20).Select(i => TestVenue.Buy($"g1-0-{i}-e", 90))])
            (await broker.SubmitAsync(order)).State.ShouldBe(OrderState.Submitted);
        broker.Remembered.ShouldBe(0);
        server.Market.Received.Count.ShouldBe(22);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }
}
