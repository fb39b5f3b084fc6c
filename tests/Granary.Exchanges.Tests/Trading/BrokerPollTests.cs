using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Tests.Live;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>What a poll gives while the exchange does not answer, or while fills come.</summary>
public sealed class BrokerPollTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-poll-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Booked_fills_are_reported_while_the_exchange_is_away_and_a_fault_without_news_is_thrown(string name)
    {
        var exchange = TestExchange.Named(name);
        await using var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms()));
        await using var broker = await VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), TestVenue.Fast,
            TestVenue.Environment(_folder), default);
        // An order that waits is requested at each poll.
        await broker.SubmitAsync(TestVenue.Buy("g1-0-1-e", limit: 90));
        await broker.SubmitAsync(TestVenue.Buy("g1-0-2-e", limit: 0));
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
        const int Fills = 6;
        var snapshots = 0;
        // The price falls to the next limit order before each of the first snapshots.
        var broker = new InterceptedBroker(venue, call =>
        {
            if (call == nameof(IBroker.SnapshotAsync) && snapshots++ < Fills)
                server.Market.Trade(server.Market.Price, server.Market.Price - 1);
        });
        await using var journal = new AccountJournal(FileJournal.Open(_folder, TimeProvider.System, name: "session.grj", flush: false),
            TimeProvider.System);
        var manager = new OrderManager(broker, journal, new AccountLedger(100_000, _ => 1), "g1");
        await manager.SendAsync(1, [], [.. Enumerable.Range(1, Fills).Select(i =>
            new OrderIntended(1, TestVenue.Buy($"g1-0-{i}-e", limit: 100 - i), OrderRole.Entry, i,
                ExitReason.Open) { Symbol = TestVenue.Symbol })],
            default);
        (await manager.ReconcileAsync(2, default)).ShouldBeEmpty();
        manager.Fault.ShouldBeNull();
        manager.Ledger.PositionOf(TestVenue.Symbol).ShouldBe(2 * Fills);

        await SellByHandAsync(exchange, server);
        (await manager.ReconcileAsync(3, default)).ShouldHaveSingleItem().ShouldContain(TestVenue.Symbol);
        manager.Ledger.Blocked.ShouldBe([TestVenue.Symbol]);
    }

    // Another session with the same key.
    private async Task SellByHandAsync(TestExchange exchange, ExchangeServer server)
    {
        await using var other = exchange.Open(server.Endpoint);
        var instrument = (await other.InstrumentsAsync(default)).Single(i => !i.IsInverse);
        var order = new BrokerOrder
        {
            ClientId = "by-hand",
            Symbol = instrument.Symbol,
            Side = Side.Sell,
            Type = OrderType.Market,
            Quantity = 1,
        };
        await other.PlaceAsync(new VenueOrder(new OrderMade(order, "", "", "by-hand", 1, other.Now, other.Now.AddHours(1)), instrument, 1),
            default);
    }
}
