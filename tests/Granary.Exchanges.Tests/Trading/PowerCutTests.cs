using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>
/// The adapter does not wait for the disk before it sends an order of the session, whose own journal has it. A power cut can take the
/// adapter's record of orders that the exchange has received.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-power-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string JournalFile => Path.Combine(_folder, "journal.grj");

    // The journal and its head, as the disk has them while the adapter goes on.
    private (byte[] Journal, byte[] Head) Kept() => (Bytes(JournalFile), Bytes(JournalFile + ".head"));

    private static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private async Task CutPowerAsync((byte[] Journal, byte[] Head) kept)
    {
        await File.WriteAllBytesAsync(JournalFile, kept.Journal);
        await File.WriteAllBytesAsync(JournalFile + ".head", kept.Head);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task An_order_whose_record_is_lost_is_found_at_the_exchange_and_one_that_was_not_sent_is_sent_once(string name)
    {
        var exchange = TestExchange.Named(name);
        var settings = TestVenue.Fast with { RequestLife = TimeSpan.FromSeconds(2) };
        await using var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms()));
        Task<VenueBroker> ConnectAsync() =>
            VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), settings, TestVenue.Environment(_folder), default);
        var (known, waits, fills, unsent) = (TestVenue.Buy("g1-0-1-e", 0), TestVenue.Buy("g1-0-2-e", 90), TestVenue.Buy("g1-0-3-e", 0),
            TestVenue.Buy("g1-0-4-e", 89));
        (byte[] Journal, byte[] Head) kept;
        string venueId;
        await using (var broker = await ConnectAsync())
        {
            await broker.SubmitAsync(known);
            await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Any(e => e.Fill is not null));
            kept = Kept();
            venueId = (await broker.SubmitAsync(waits)).VenueId;
            await broker.SubmitAsync(fills);
        }
        await CutPowerAsync(kept);

        await using var next = await ConnectAsync();
        foreach (var order in (BrokerOrder[])[waits, fills, unsent])
        {
            (await next.FindAsync(order.ClientId)).ShouldBeNull();
            await next.SubmitAsync(order);
        }
        (await next.FindAsync(waits.ClientId)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            found => found.VenueId.ShouldBe(venueId), found => found.State.ShouldBe(OrderState.Submitted));
        (await next.FindAsync(fills.ClientId)).ShouldNotBeNull().State.ShouldBe(OrderState.Filled);
        (await next.FindAsync(unsent.ClientId)).ShouldNotBeNull().State.ShouldBe(OrderState.Submitted);
        (await next.PollAsync(0)).Where(e => e.Fill is not null).Select(e => e.Status.ClientId)
            .ShouldBe([known.ClientId, fills.ClientId]);
        server.Market.Received.Count.ShouldBe(4);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
        (await next.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(4);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task An_order_whose_answer_was_not_recorded_is_booked_by_a_poll_and_the_snapshot_agrees(string name)
    {
        var exchange = TestExchange.Named(name);
        await using var server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms()));
        Task<VenueBroker> ConnectAsync() =>
            VenueBroker.ConnectAsync(exchange.Open(server.Endpoint), TestVenue.Fast, TestVenue.Environment(_folder), default);
        var order = TestVenue.Buy("g1-0-1-e", 90);
        (byte[] Journal, byte[] Head) kept;
        await using (var broker = await ConnectAsync())
        {
            (await broker.SubmitAsync(order)).State.ShouldBe(OrderState.Submitted);
            kept = Kept();
        }
        // The session has the answer; the adapter's journal has the order alone, which fills while both are off.
        System.Text.Encoding.UTF8.GetString(kept.Journal).ShouldNotContain("OrderStood");
        await CutPowerAsync(kept);
        server.Market.Trade(100, 89);

        await using var next = await ConnectAsync();
        (await next.PollAsync(0)).ShouldHaveSingleItem().Fill.ShouldNotBeNull().Quantity.ShouldBe(2);
        (await next.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(2);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }
}
