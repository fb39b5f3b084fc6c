using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;
using Granary.Trading.Tests.Live;

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
        journal.OfType<SignalDecided>().ShouldContain(d => d.Decision == Decision.Paused);
        journal.OfType<EntrySkipped>().ShouldBeEmpty("the portfolio has refused them");
        session.Status.Differences.ShouldBe(0);
        session.Server.Market.Received.Values.ShouldAllBe(n => n == 1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task An_exit_whose_stop_has_just_closed_the_trade_is_made_once(string name)
    {
        StopBeforeExit? between = null;
        await using var session = await SessionAtExchange.StartAsync(name,
            (server, venue) => new InterceptedBroker(venue, (between = new StopBeforeExit(server, venue)).BeforeAsync));
        await session.UntilAsync(() => between!.Refused is not null);
        var bars = session.Status.Bars;
        await session.UntilAsync(() => session.Status.Bars > bars + 20);
        var journal = await session.StopAsync();
        journal.OfType<OrderIntended>().Count(i => i.Order.Closes == between!.Refused).ShouldBe(1);
        session.Status.Differences.ShouldBe(0);
        session.Status.Rejected.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(TestExchange.Spot), MemberType = typeof(TestExchange))]
    public async Task An_exit_that_the_exchange_refuses_is_made_five_times_in_a_time_slice_and_the_exchange_is_asked_once(string name)
    {
        await using var session = await SessionAtExchange.StartAsync(name);
        await session.UntilAsync(() => session.Held > 0 && Waiting(session) > 0);
        // The owner takes all coins off the account.
        session.Server.Market.Deposit("COIN", -session.Server.Market.Held);
        await session.UntilAsync(() => session.Status.Rejected > 10);
        var journal = await session.StopAsync();
        var reasons = journal.OfType<OrderAnswered>().Where(a => a.Status is { State: OrderState.Rejected })
            .ToDictionary(a => a.ClientId, a => a.Status!.Reason);
        var slices = journal.OfType<OrderIntended>().Where(i => i.Order.Closes is not null && reasons.ContainsKey(i.Order.ClientId))
            .GroupBy(i => (i.Timestamp, i.Order.Closes)).Select(s => s.Select(i => reasons[i.Order.ClientId]).ToList()).ToList();
        slices.ShouldNotBeEmpty();
        slices.ShouldAllBe(s => s.Count <= 5);
        slices.ShouldContain(s => s.Count == 5);
        slices.ShouldAllBe(s => s.Count(r => !r.Contains("a moment ago")) <= 1);
    }

    // The price falls through the stop while the first exit is on its way.
    private sealed class StopBeforeExit(ExchangeServer server, VenueBroker venue)
    {
        /// <summary>The entry whose stop came before its exit; null until then.</summary>
        public string? Refused { get; private set; }

        public async Task BeforeAsync(string call, BrokerOrder? order)
        {
            if (order?.Closes is not { } entry || Refused is not null) return;
            server.Market.Trade(100, 97);
            await Eventually.HoldsAsync(async () => (await venue.PollAsync(0))
                .Any(e => e.Fill is { Leg: "stop" } fill && fill.ClientId == entry));
            server.Market.Trade(97, 100);
            Refused = entry;
        }
    }
}
