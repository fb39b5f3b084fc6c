using Granary.Application.Live;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>What a poll gives while the exchange does not answer, or while fills come.</summary>
public sealed class BrokerPollTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-poll-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BrokerOrder Buy(string id, double limit) => new()
    {
        ClientId = id,
        Symbol = TestVenue.Symbol,
        Side = Side.Buy,
        Type = limit > 0 ? OrderType.Limit : OrderType.Market,
        Quantity = 2,
        LimitPrice = limit,
    };

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Booked_fills_are_reported_while_the_exchange_is_away_and_a_fault_without_news_is_thrown(string name)
    {
        var exchange = TestExchange.Named(name);
        await using var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms()));
        await using var broker = await VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), TestVenue.Fast,
            TestVenue.Environment(_folder), default);
        // An order that waits is requested at each poll.
        await broker.SubmitAsync(Buy("g1-0-1-e", limit: 90));
        await broker.SubmitAsync(Buy("g1-0-2-e", limit: 0));
        await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Any(e => e.Fill is not null));
        var before = await broker.PollAsync(0);

        server.Faults.IsInMaintenance = true;
        (await broker.PollAsync(0)).ShouldBe(before);
        var after = before[^1].Sequence;
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.PollAsync(after));
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.PollAsync(after));

        server.Faults.IsInMaintenance = false;
        (await broker.PollAsync(after)).ShouldBeEmpty();
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Fills_that_come_while_the_accounts_are_compared_are_no_difference_and_coins_that_are_gone_are_one(string name)
    {
        var exchange = TestExchange.Named(name);
        await using var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms()));
        await using var venue = await VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), TestVenue.Fast,
            TestVenue.Environment(_folder), default);
        await using var broker = new FillBeforeSnapshot(server, venue);
        await using var journal = new AccountJournal(FileJournal.Open(_folder, TimeProvider.System, name: "session.grj", flush: false),
            TimeProvider.System);
        var manager = new OrderManager(broker, journal, new AccountLedger(100_000, _ => 1), "g1");
        await manager.SendAsync(1, [], [.. Enumerable.Range(1, FillBeforeSnapshot.Fills).Select(i =>
            new OrderIntended(1, Buy($"g1-0-{i}-e", limit: 100 - i), OrderRole.Entry, i, ExitReason.Open) { Symbol = TestVenue.Symbol })],
            default);
        (await manager.SynchroniseAsync(2, default)).ShouldBeEmpty();
        manager.Fault.ShouldBeNull();
        manager.Ledger.PositionOf(TestVenue.Symbol).ShouldBe(2 * FillBeforeSnapshot.Fills);

        await SellByHandAsync(exchange, server);
        (await manager.SynchroniseAsync(3, default)).ShouldHaveSingleItem().ShouldContain(TestVenue.Symbol);
        manager.Blocked.ShouldBe([TestVenue.Symbol]);
    }

    // Another session with the same key.
    private async Task SellByHandAsync(TestExchange exchange, ExchangeServer server)
    {
        await using var other = exchange.Open(server.Endpoint);
        var instrument = (await other.InstrumentsAsync(default)).Single();
        await other.PlaceAsync(new VenueOrder
        {
            ClientId = "by-hand",
            Instrument = instrument,
            Side = Side.Sell,
            Type = OrderType.Market,
            Quantity = 1,
            ValidUntil = DateTimeOffset.UtcNow.AddSeconds(5),
        }, default);
    }

    // The price falls to the next limit order before each of the first snapshots.
    private sealed class FillBeforeSnapshot(ExchangeServer server, VenueBroker inner) : IBroker
    {
        public const int Fills = 6;

        private int _snapshots;

        public string Name => inner.Name;

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default)
        {
            if (_snapshots++ < Fills) server.Market.Trade(server.Market.Price, server.Market.Price - 1);
            return inner.SnapshotAsync(cancellationToken);
        }

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
            inner.SubmitAsync(order, cancellationToken);

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.CancelAsync(clientId, cancellationToken);

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) =>
            inner.MoveStopAsync(clientId, stopPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            inner.PollAsync(after, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
