using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>One order has no answer: fills of others are booked and get their stops meanwhile.</summary>
public sealed class UnansweredOrderTests : IDisposable
{
    private const string Other = "ETHUSDT";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-unanswered-").FullName;
    private ExchangeServer _server = null!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // An order without an answer stays uncertain for longer than any test.
    private async Task<VenueBroker> OpenAsync(string name, TimeSpan? listLag = null)
    {
        var exchange = TestExchange.Named(name);
        _server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms { Others = ["ETH"] }));
        return await VenueBroker.ConnectAsync(exchange.Open(_server.Endpoint), TestVenue.Fast with
        {
            RequestLife = TimeSpan.FromHours(1),
            // A cancellation that was confirmed may take twice as long; it is asked for ten times in between.
            ListLag = listLag ?? TestVenue.Fast.ListLag,
        }, TestVenue.Environment(_folder, Other), default);
    }

    private static BrokerOrder Protected(string id, double limit, string symbol = TestVenue.Symbol) =>
        TestVenue.Buy(id, limit, symbol) with { Protection = new Protection(80, 0, 0, 0, 0, false) };

    // The order that waits fills, and its stop rests at the exchange.
    private async Task FillsAndIsProtectedAsync(string coin = "BTC")
    {
        _server.Market.Trade(_server.Market.Price, 94);
        await Eventually.HoldsAsync(() => _server.Market.Orders.Any(o => o.Coin == coin && o.WaitsForStop && o.IsActive));
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task While_an_order_waits_for_its_answer(string name)
    {
        await using var broker = await OpenAsync(name);
        await using var server = _server;
        await broker.SubmitAsync(Protected("g1-0-1-e", limit: 95));
        var (read, answers) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Answering = () =>
        {
            server.Answering = () => Task.CompletedTask;
            read.SetResult();
            return answers.Task;
        };
        var submitting = broker.SubmitAsync(TestVenue.Buy("g1-0-2-e", limit: 50, Other)).AsTask();
        await read.Task;

        await FillsAndIsProtectedAsync();
        submitting.IsCompleted.ShouldBeFalse();

        answers.SetResult();
        (await submitting).State.ShouldBe(OrderState.Submitted);
        (await broker.PollAsync(0)).ShouldContain(e => e.Fill != null && e.Fill.ClientId == "g1-0-1-e");
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task While_it_is_not_certain_whether_an_order_has_arrived(string name)
    {
        await using var broker = await OpenAsync(name);
        await using var server = _server;
        await broker.SubmitAsync(Protected("g1-0-1-e", limit: 95));
        server.Faults.DropBefore = 1;
        await Should.ThrowAsync<BrokerUnavailableException>(async () =>
            await broker.SubmitAsync(TestVenue.Buy("g1-0-2-e", limit: 50, Other)));
        server.Faults.DropBefore = 0;
        using var stop = new CancellationTokenSource();
        Task[] asking = [broker.FindAsync("g1-0-2-e", stop.Token).AsTask()];

        await FillsAndIsProtectedAsync();
        asking[0].IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking[0]);
        // An order of a different symbol is sent although this one is still uncertain.
        using var leave = new CancellationTokenSource();
        var both = broker.SubmitAllAsync([TestVenue.Buy("g1-0-2-e", limit: 50, Other), TestVenue.Buy("g1-0-3-e", limit: 50, Other),
            TestVenue.Buy("g1-0-4-e", limit: 50)], leave.Token).AsTask();
        await Eventually.HoldsAsync(() => server.Market.Orders.Any(o => o.ClientId.Contains("g1-0-4-e", StringComparison.Ordinal)));
        server.Market.Orders.ShouldNotContain(o => o.ClientId.Contains("g1-0-3-e", StringComparison.Ordinal));
        both.IsCompleted.ShouldBeFalse();
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(both);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task While_the_stop_of_an_earlier_trade_has_no_answer(string name)
    {
        await using var broker = await OpenAsync(name);
        await using var server = _server;
        // No request for an order is read from the first trade's stop on.
        await broker.SubmitAsync(Protected("g1-0-1-e", limit: 97, Other));
        await broker.SubmitAsync(Protected("g1-0-2-e", limit: 95));
        server.Faults.DropBefore = 1;
        server.Market.Trade(server.Market.Price, 96);
        // Its fill was reported, and its stop is on its way.
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await broker.PollAsync(1_000_000);
                return false;
            }
            catch (BrokerUnavailableException)
            {
                return true;
            }
        });
        server.Faults.DropBefore = 0;

        await FillsAndIsProtectedAsync();
        server.Market.Orders.ShouldNotContain(o => o.Coin == "ETH" && o.WaitsForStop);
    }

    // The exchange confirms a cancellation, and carries it out after the other trade has its stop. At KuCoin's spot market the confirmation
    // is the end of a stop.
    [Theory]
    [InlineData("binance")]
    [InlineData("gateio")]
    [InlineData("gateio-futures")]
    [InlineData("kucoin-futures")]
    public async Task While_an_exit_waits_for_the_end_of_its_stop_which_is_not_placed_again(string name)
    {
        await using var broker = await OpenAsync(name, TimeSpan.FromSeconds(20));
        await using var server = _server;
        var entry = Protected("g1-0-1-e", limit: 0, Other);
        await broker.SubmitAsync(entry);
        await broker.SubmitAsync(Protected("g1-0-2-e", limit: 95));
        await Eventually.HoldsAsync(() => server.Market.Orders.Any(o => o.Coin == "ETH" && o.WaitsForStop && o.IsActive));
        var ends = new TaskCompletionSource();
        server.Market.CancelLag = ends.Task;
        var closing = broker.SubmitAsync(entry with
        {
            ClientId = "g1-0-1-x1",
            Side = Side.Sell,
            Closes = entry.ClientId,
            Protection = Protection.None,
        }).AsTask();

        await FillsAndIsProtectedAsync();
        closing.IsCompleted.ShouldBeFalse();

        ends.SetResult();
        (await closing).State.ShouldNotBe(OrderState.Rejected);
        await Eventually.HoldsAsync(async () => !(await broker.SnapshotAsync()).Positions.ContainsKey(Other));
        server.Market.Orders.Count(o => o.Coin == "ETH" && o.Stop > 0).ShouldBe(1);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    // A stop that moves is cancelled and placed again. The first stop of a different trade does not wait for that.
    [Theory]
    [InlineData("binance")]
    [InlineData("gateio")]
    [InlineData("gateio-futures")]
    [InlineData("kucoin-futures")]
    public async Task While_a_stop_that_moves_is_being_cancelled(string name)
    {
        await using var broker = await OpenAsync(name, TimeSpan.FromSeconds(20));
        await using var server = _server;
        await broker.SubmitAsync(Protected("g1-0-1-e", limit: 0, Other));
        await broker.SubmitAsync(Protected("g1-0-2-e", limit: 95));
        await Eventually.HoldsAsync(() => server.Market.Orders.Any(o => o.Coin == "ETH" && o.WaitsForStop && o.IsActive));
        var ends = new TaskCompletionSource();
        server.Market.CancelLag = ends.Task;
        await broker.MoveStopAsync("g1-0-1-e", 85);

        await FillsAndIsProtectedAsync();

        ends.SetResult();
        await Eventually.HoldsAsync(() => server.Market.Orders.Any(o => o.Coin == "ETH" && o.Stop == 85 && o.IsActive));
        server.Market.Orders.Count(o => o.Coin == "ETH" && o.Stop > 0).ShouldBe(2);
    }
}
