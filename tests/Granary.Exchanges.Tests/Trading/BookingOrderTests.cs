using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>Fills that are booked in another order than they happened.</summary>
public sealed class BookingOrderTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-booking-").FullName;

    public static TheoryData<string> Names => TestExchange.Futures;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static VenueInstrument Instrument => new()
    {
        Symbol = TestVenue.Symbol,
        Listed = TestVenue.Symbol,
        Base = "BTC",
        Quote = "USDT",
        Tick = 0.1m,
        Lot = 1,
    };

    private static BrokerOrder Entry(string id, double quantity = 4, double limit = 0) =>
        TestVenue.Buy(id, limit) with { Quantity = quantity };

    private static FillBooked Fill(string id, int execution, int second, decimal quantity) =>
        new(id, $"{execution}", 100, quantity, 0, "USDT", 0, Start.AddSeconds(second));

    private static IEnumerable<IReadOnlyList<T>> Orders<T>(IReadOnlyList<T> items) =>
        items.Count < 2 ? [items]
            : from i in Enumerable.Range(0, items.Count)
              from rest in Orders<T>([.. items.Where((_, j) => j != i)])
              select (IReadOnlyList<T>)[items[i], .. rest];

    [Fact]
    public void Open_entries_are_in_the_order_of_their_first_fills_and_then_of_their_submission_in_whatever_order_they_are_booked()
    {
        FillBooked[] fills = [Fill("a", 1, 9, 1), Fill("b", 2, 5, 4), Fill("c", 3, 5, 4), Fill("a", 4, 2, 1), Fill("d", 5, 1, 1)];
        foreach (var order in Orders(fills))
        {
            var book = new VenueBook(new Dictionary<string, VenueInstrument> { [TestVenue.Symbol] = Instrument });
            foreach (var id in new[] { "a", "b", "c", "d" })
                book.Apply(new OrderMade(Entry(id), "", "", id, 4, Start, Start.AddMinutes(1)));
            foreach (var fill in order) book.Apply(fill);
            book.OpenEntries.Select(e => e.ClientId).ShouldBe(["d", "a", "b", "c"]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_liquidation_is_not_booked_before_the_fills_that_it_closed(string name)
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named(name).Dialect(new MarketTerms()));
        await using var broker = await VenueBroker.ConnectAsync(TestExchange.Named(name).Open(server.Endpoint), TestVenue.Fast,
            TestVenue.Environment(_folder), default);
        var (first, second) = (Entry("g1-0-1-e"), Entry("g1-0-2-e", 2, limit: 99));
        await broker.SubmitAsync(first);
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 1);
        await broker.SubmitAsync(second);
        // The second entry fills, and most of the position is liquidated, after the adapter has asked for its orders and before it asks
        // for liquidations: until that is answered it books nothing that the websockets report.
        var done = 0;
        server.Requested = call =>
        {
            if (!call.Path.EndsWith("/my_trades_timerange", StringComparison.Ordinal) && call["tradeTypes"].Length == 0
                || Interlocked.Exchange(ref done, 1) == 1) return;
            server.Market.Trade(100, 98);
            server.Market.Liquidate(5m / 6);
        };
        await Eventually.HoldsAsync(async () => (await FillsAsync(broker)).Count == 4);
        (await FillsAsync(broker)).Where(f => f.Leg == "liquidation").Select(f => (f.ClientId, f.Quantity))
            .ShouldBe([(first.ClientId, 4), (second.ClientId, 1)]);
    }

    private static async Task<List<BrokerFill>> FillsAsync(VenueBroker broker) =>
        [.. (await broker.PollAsync(0)).Select(e => e.Fill).OfType<BrokerFill>()];
}
