using Granary.Application.Live;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>How a session leaves its trades at an exchange.</summary>
public sealed class SessionExitTests
{
    private static int Waiting(SessionAtExchange session) => session.Server.Market.Orders.Count(o => o.IsActive);

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Flattened_it_holds_nothing_and_enters_nothing_until_it_is_resumed(string name)
    {
        await using var session = await SessionAtExchange.StartAsync(name);
        // Open trades, with their stops at the exchange.
        await session.UntilAsync(() => session.Held > 0 && Waiting(session) > 0);
        await session.CommandAsync(SessionCommand.Flatten);
        await session.UntilAsync(() => session.Held == 0 && Waiting(session) == 0);
        await session.UntilAsync(() => session.Status is { State: LiveState.Paused, OpenTrades: 0, Positions.Count: 0 });
        var (orders, bars) = (session.Server.Market.Orders.Count, session.Status.Bars);
        await session.UntilAsync(() => session.Status.Bars > bars + 60);
        session.Server.Market.Orders.Count.ShouldBe(orders);
        session.Held.ShouldBe(0);

        await session.CommandAsync(SessionCommand.Resume);
        await session.UntilAsync(() => session.Held > 0);
        var journal = await session.StopAsync();
        journal.OfType<SessionControlled>().Select(c => c.Command)
            .ShouldBe([SessionCommand.Flatten, SessionCommand.Resume, SessionCommand.Stop]);
        journal.OfType<EntrySkipped>().ShouldNotBeEmpty();
        journal.OfType<EntrySkipped>().ShouldAllBe(s => s.Why == "paused");
        session.Status.Differences.ShouldBe(0);
        session.Server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task An_exit_whose_stop_has_just_closed_the_trade_is_made_once(string name)
    {
        StopBeforeExit? between = null;
        await using var session = await SessionAtExchange.StartAsync(name, (server, venue) => between = new StopBeforeExit(server, venue));
        await session.UntilAsync(() => between!.Refused is not null);
        var bars = session.Status.Bars;
        await session.UntilAsync(() => session.Status.Bars > bars + 20);
        var journal = await session.StopAsync();
        journal.OfType<OrderIntended>().Count(i => i.Order.Closes == between!.Refused).ShouldBe(1);
        session.Status.Differences.ShouldBe(0);
        session.Status.Rejected.ShouldBe(1);
    }

    // The price falls through the stop while the first exit is on its way.
    private sealed class StopBeforeExit(ExchangeServer server, VenueBroker inner) : IBroker, IMarketListener
    {
        /// <summary>The entry whose stop came before its exit; null until then.</summary>
        public string? Refused { get; private set; }

        public string Name => inner.Name;

        public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
        {
            if (order.Closes is null || Refused is not null) return await inner.SubmitAsync(order, cancellationToken);
            server.Market.Trade(100, 97);
            await Eventually.HoldsAsync(async () => (await inner.PollAsync(0, cancellationToken))
                .Any(e => e.Fill is { Leg: "stop" } fill && fill.ClientId == order.Closes));
            server.Market.Trade(97, 100);
            var answer = await inner.SubmitAsync(order, cancellationToken);
            Refused = order.Closes;
            return answer;
        }

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.CancelAsync(clientId, cancellationToken);

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) =>
            inner.MoveStopAsync(clientId, stopPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            inner.PollAsync(after, cancellationToken);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            inner.SnapshotAsync(cancellationToken);

        public ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default) =>
            inner.OnBarsAsync(closeTime, bars, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
