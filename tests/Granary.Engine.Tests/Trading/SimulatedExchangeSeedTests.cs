using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>What the paper venue does to orders: late, in parts, refused, its answers lost; by its seed and the order's id.</summary>
public sealed class SimulatedExchangeSeedTests
{
    private const int Orders = 600;
    private static readonly long Start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private static long Minute(int n) => Start + n * TimeSpan.TicksPerMinute;

    private static Bar BarOf(int n) => new(Minute(n), 100 + n % 7, 102 + n % 7, 99 + n % 7, 101 + n % 7, 1000);

    // An order a minute, and then an hour for what is late.
    private static (List<BrokerOrderStatus> Answers, IReadOnlyList<BrokerEvent> Events) Trade(PaperSettings settings,
        bool backwards = false)
    {
        var venue = new SimulatedExchange(settings, new ExecutionSettings(),
            new Dictionary<string, Instrument> { ["BTC"] = new() { Symbol = "BTC" } });
        var answers = new List<BrokerOrderStatus>();
        for (var n = 0; n < Orders + 60; n++)
        {
            venue.OnBars(Minute(n + 1), [new ClosedBar("BTC", BarOf(n), Timeframe.M1)]);
            if (n < Orders) answers.Add(venue.Submit(new BrokerOrder
            {
                ClientId = $"o{(backwards ? Orders - 1 - n : n)}",
                Symbol = "BTC",
                Side = Side.Buy,
                Type = OrderType.Market,
                Quantity = 6,
                CreatedAt = Minute(n + 1)
            }));
        }
        return (answers, venue.Poll(0));
    }

    private static readonly PaperSettings Rough =
        new() { Cash = 1_000_000, Seed = 11, Latency = TimeSpan.FromMinutes(4), RejectShare = 0.15, PartialShare = 0.4 };

    [Fact]
    public void The_same_seed_is_the_same_venue_and_another_is_another()
    {
        Trade(Rough).Events.ShouldBe(Trade(Rough).Events);
        Trade(Rough with { Seed = 12 }).Events.ShouldNotBe(Trade(Rough).Events);
    }

    [Fact]
    public void The_outcome_of_an_order_depends_on_its_id_and_not_on_when_it_is_sent()
    {
        static HashSet<string> Refused((List<BrokerOrderStatus> Answers, IReadOnlyList<BrokerEvent>) trade) =>
            [.. trade.Answers.Where(a => a.State == OrderState.Rejected).Select(a => a.ClientId)];
        static Dictionary<string, int> Parts((List<BrokerOrderStatus>, IReadOnlyList<BrokerEvent> Events) trade) =>
            trade.Events.Where(e => e.Fill is not null).GroupBy(e => e.Fill!.ClientId).ToDictionary(g => g.Key, g => g.Count());
        Refused(Trade(Rough, backwards: true)).SetEquals(Refused(Trade(Rough))).ShouldBeTrue();
        Parts(Trade(Rough, backwards: true)).ShouldBe(Parts(Trade(Rough)), ignoreOrder: true);
    }

    [Fact]
    public void As_many_are_refused_as_is_asked_for_and_a_refused_order_never_fills()
    {
        var (answers, events) = Trade(Rough);
        var refused = answers.Where(a => a.State == OrderState.Rejected).ToList();
        // Of 600 draws of 0.15, deviation 8.7.
        refused.Count.ShouldBeInRange(90 - 35, 90 + 35);
        refused.ShouldAllBe(r => r.Reason == "refused at random, as its settings ask");
        events.Where(e => e.Fill is not null).Select(e => e.Fill!.ClientId).Intersect(refused.Select(r => r.ClientId)).ShouldBeEmpty();
        var willing = Trade(Rough with { RejectShare = 0 }).Answers;
        willing.Count.ShouldBe(answers.Count);
        willing.ShouldAllBe(a => a.State == OrderState.Submitted);
    }

    [Fact]
    public void Parts_come_on_consecutive_bars_and_add_up_to_the_order()
    {
        var fills = Trade(Rough).Events.Where(e => e.Fill is not null).GroupBy(e => e.Fill!.ClientId).ToList();
        // Of some 510 that were taken, 0.4.
        fills.Count(g => g.Count() > 1).ShouldBeInRange(204 - 50, 204 + 50);
        foreach (var order in fills)
        {
            order.Sum(e => e.Fill!.Quantity).ShouldBe(6);
            order.Count().ShouldBeLessThanOrEqualTo(4);
            order.Zip(order.Skip(1)).ShouldAllBe(p => p.Second.Fill!.At - p.First.Fill!.At == TimeSpan.TicksPerMinute);
            order.SkipLast(1).ShouldAllBe(e => e.Status.State == OrderState.PartiallyFilled);
            order.Last().Status.State.ShouldBe(OrderState.Filled);
        }
        var whole = Trade(Rough with { PartialShare = 0 }).Events.Where(e => e.Fill is not null).ToList();
        whole.Count.ShouldBeGreaterThan(400);
        whole.ShouldAllBe(e => e.Fill!.Quantity == 6);
    }

    [Fact]
    public void An_order_works_between_half_and_one_and_a_half_of_the_latency_later_at_the_price_of_that_moment()
    {
        var waits = new List<int>();
        foreach (var fill in Trade(Rough with { PartialShare = 0 }).Events.Select(e => e.Fill).OfType<BrokerFill>())
        {
            var sent = int.Parse(fill.ClientId.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) + 1;
            var bar = (int)((fill.At - Start) / TimeSpan.TicksPerMinute);
            waits.Add(bar - sent);
            // Sent at the open of minute `sent`, it arrives two to six minutes later, somewhere on the way of its bar.
            var (open, close) = (BarOf(bar).Open, BarOf(bar).Close);
            fill.Price.ShouldBeInRange(Math.Min(open, close), Math.Max(open, close));
        }
        waits.Min().ShouldBe(2);
        waits.Max().ShouldBe(5);
        waits.Average().ShouldBe(3.5, 0.2);
        Trade(new PaperSettings()).Events.Select(e => e.Fill).OfType<BrokerFill>()
            .ShouldAllBe(f => f.Price == BarOf((int)((f.At - Start) / TimeSpan.TicksPerMinute)).Open);
    }

    [Fact]
    public void Answers_get_lost_at_the_first_try_alone_and_half_of_those_orders_had_arrived()
    {
        var venue = new SimulatedExchange(new PaperSettings { Seed = 4, TimeoutShare = 0.3 }, new ExecutionSettings(),
            new Dictionary<string, Instrument>());
        var first = Enumerable.Range(0, Orders).Select(n => venue.AnswerOf($"o{n}")).ToList();
        first.Count(a => a.Lost).ShouldBeInRange(180 - 45, 180 + 45);
        first.Count(a => a is { Lost: true, Arrived: true }).ShouldBeInRange(90 - 35, 90 + 35);
        Enumerable.Range(0, Orders).Select(n => venue.AnswerOf($"o{n}")).ShouldAllBe(a => !a.Lost);
    }

    [Fact]
    public void A_stop_that_was_moved_stays_where_it_is_when_the_rest_of_its_entry_fills()
    {
        var venue = new SimulatedExchange(new PaperSettings { Seed = 1, PartialShare = 1 }, new ExecutionSettings(),
            new Dictionary<string, Instrument> { ["BTC"] = new() { Symbol = "BTC" } });
        venue.Submit(new BrokerOrder
        {
            ClientId = "e",
            Symbol = "BTC",
            Side = Side.Buy,
            Type = OrderType.Market,
            Quantity = 6,
            CreatedAt = Minute(0),
            Protection = new Protection(0, 0.1, 0, 0, 0, false)
        });
        venue.OnBars(Minute(1), [new ClosedBar("BTC", new Bar(Minute(0), 100, 101, 99, 100, 1), Timeframe.M1)]);
        venue.Poll(0).Count.ShouldBe(1);
        venue.MoveStop("e", 98);
        venue.OnBars(Minute(2), [new ClosedBar("BTC", new Bar(Minute(1), 100, 101, 99, 100, 1), Timeframe.M1)]);
        venue.OnBars(Minute(3), [new ClosedBar("BTC", new Bar(Minute(2), 100, 100, 97, 97, 1), Timeframe.M1)]);
        var stopped = venue.Poll(0).Last(e => e.Fill is { Leg: "stop" }).Fill!;
        stopped.Price.ShouldBe(98);
    }
}
