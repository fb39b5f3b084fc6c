using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Brokerage;

/// <summary>Shares that are split while an order of the paper venue is filled in part: venue and ledger book the same.</summary>
public sealed class PaperSplitTests
{
    private const double Cap = 40;

    private static readonly long Start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly AccountLedger _ledger = new(1_000_000, _ => 1);
    private SimulatedExchange _venue = null!;
    private int _days;

    // A fifth of the volume of 200 fills on a day. The splits are those of the days, counted from 0.
    private void Open(params IEnumerable<(int Day, double Ratio)> splits) => _venue = new SimulatedExchange(
        new PaperSettings { Cash = 1_000_000 }, new ExecutionSettings { VolumeShare = 0.2 }, new Dictionary<string, Instrument>
        {
            ["A"] = new()
            {
                Symbol = "A",
                CorporateActions = [.. splits.Select(s => new CorporateAction(Start + s.Day * Timeframe.D1.Ticks, s.Ratio, 0))],
            },
        });

    private long Now => Start + _days * Timeframe.D1.Ticks;

    private void Day(double price, double volume = Cap * 5)
    {
        var open = Now;
        _days++;
        _venue.OnBars(Now, [new ClosedBar("A", new Bar(open, price, price, price, price, volume), Timeframe.D1)]);
        Book();
    }

    private void Book()
    {
        foreach (var e in _venue.Poll(_ledger.VenueSequence)) _ledger.Report(e, out _);
        _ledger.PositionOf("A").ShouldBe(_venue.Snapshot().Positions.GetValueOrDefault("A"), 1e-9);
        foreach (var order in _ledger.TrackedOrders)
        {
            var id = order.Order.ClientId;
            // The answer to a question changes nothing that the events have said.
            _ledger.Answer(id, _venue.Find(id));
            order.AwaitsFills.ShouldBeFalse(id);
            order.Filled.ShouldBeLessThanOrEqualTo(order.Quantity * (1 + 1e-9), id);
        }
    }

    private TrackedOrder Send(string id, double quantity, string? closes = null, Protection? protection = null)
    {
        var order = new BrokerOrder
        {
            ClientId = id,
            Symbol = "A",
            Side = closes is null ? Side.Buy : Side.Sell,
            Type = OrderType.Market,
            Quantity = quantity,
            Closes = closes,
            Protection = protection ?? Protection.None,
            CreatedAt = Now,
        };
        _ledger.Intend(new OrderIntended(Now, order, closes is null ? OrderRole.Entry : OrderRole.Exit, 1, ExitReason.Open)
        { Strategy = "S", Symbol = "A" });
        _ledger.Answer(id, _venue.Submit(order));
        return _ledger.Find(id)!;
    }

    private double[] Positions(int days, double price)
    {
        var positions = new double[days];
        for (var i = 0; i < days; i++)
        {
            Day(price);
            positions[i] = _ledger.PositionOf("A");
        }
        return positions;
    }

    private void Enter(double quantity, Protection? protection = null)
    {
        Day(100);
        Send("long", quantity, protection: protection);
        Day(100, quantity * 5);
    }

    // Of 100 shares 80 are sold before the split. The other 20 are so many after it.
    [Theory]
    // 120 are 240, of which 40 are sold.
    [InlineData(2, new double[] { 160, 120, 200 }, 200)]
    // 120 are 60, of which 10 are sold.
    [InlineData(0.5, new double[] { 160, 120, 50 }, 50)]
    // 120 are 126, of which 21 are sold: a dividend in stock of five percent.
    [InlineData(1.05, new double[] { 160, 120, 105 }, 105)]
    public void An_exit_in_parts_ends_after_a_split_and_a_next_one_closes_the_rest(double ratio, double[] positions, double rest)
    {
        Open((4, ratio));
        Enter(200);
        var first = Send("x1", 100, "long");
        Positions(3, 100).ShouldBe(positions, 1e-9);
        first.State.ShouldBe(OrderState.Filled);
        first.Quantity.ShouldBe(100 * ratio, 1e-9);
        first.Filled.ShouldBe(100 * ratio, 1e-9);
        var second = Send("x2", rest, "long");
        Positions((int)Math.Ceiling(rest / Cap), 100)[^1].ShouldBe(0, 1e-9);
        _ledger.ActiveTrades.ShouldBeEmpty();
        // It was made after the split.
        second.Quantity.ShouldBe(rest);
        // The first one had ended, and a later split does not change what it was.
        first.Quantity.ShouldBe(100 * ratio, 1e-9);
    }

    // 200 less 40 are 160, which are 320; less 40 are 280, which are 140: 40 and 40 and 40 and 20 are left to be sold.
    [Fact]
    public void An_exit_in_parts_ends_after_two_splits()
    {
        Open((3, 2), (4, 0.5));
        Enter(200);
        var exit = Send("x1", 200, "long");
        Positions(6, 100).ShouldBe([160, 280, 100, 60, 20, 0], 1e-9);
        (exit.State, exit.Filled, exit.Quantity).ShouldBe((OrderState.Filled, 200, 200));
        _ledger.ActiveTrades.ShouldBeEmpty();
    }

    // Of 100 shares 40 are bought; the other 60 are 120 or 30 after the split.
    [Theory]
    [InlineData(2, new double[] { 40, 120, 160, 200 })]
    [InlineData(0.5, new double[] { 40, 50, 50, 50 })]
    public void An_entry_in_parts_ends_after_a_split_and_can_be_closed(double ratio, double[] positions)
    {
        Open((2, ratio));
        Day(100);
        var entry = Send("long", 100);
        Positions(4, 100).ShouldBe(positions, 1e-9);
        (entry.State, entry.Filled, entry.Quantity).ShouldBe((OrderState.Filled, 100 * ratio, 100 * ratio));
        Send("x1", _ledger.PositionOf("A"), "long");
        Positions(5, 100)[^1].ShouldBe(0, 1e-9);
    }

    // The exit sells 40 of 200 before the split, and is cancelled after it with 160 or 40 left.
    [Theory]
    [InlineData(2)]
    [InlineData(0.5)]
    public void An_exit_that_is_cancelled_after_a_split_has_filled_what_is_booked(double ratio)
    {
        Open((3, ratio));
        Enter(200);
        var exit = Send("x1", 100, "long");
        Day(100);
        // No share trades on the day of the split.
        Day(100, 0);
        _ledger.Answer("x1", _venue.Cancel("x1"));
        Book();
        (exit.State, exit.Filled, exit.Quantity).ShouldBe((OrderState.Cancelled, 40 * ratio, 100 * ratio));
        Send("x2", 160 * ratio, "long");
        Positions(9, 100)[^1].ShouldBe(0, 1e-9);
    }

    // The answer comes before the events are read: it has the shares after the split, and the ledger those before.
    [Theory]
    [InlineData(2)]
    [InlineData(0.5)]
    public void An_answer_that_comes_before_the_report_of_the_split_leaves_nothing_to_wait_for(double ratio)
    {
        Open((3, ratio));
        Enter(200);
        Send("x1", 100, "long");
        Day(100);
        var open = Now;
        _days++;
        _venue.OnBars(Now, [new ClosedBar("A", new Bar(open, 100, 100, 100, 100, Cap * 5), Timeframe.D1)]);
        _ledger.Answer("x1", _venue.Cancel("x1"));
        Book();
    }

    // The stop at 90 is 45 after the split. It closes 40 on each day beside the exit, which has sold 40 of 100.
    [Fact]
    public void A_stop_that_is_hit_after_a_split_closes_what_an_exit_in_parts_has_left()
    {
        Open((3, 2));
        Enter(200);
        _venue.Protect("long", 90, 0);
        Send("x1", 100, "long");
        Day(100);
        Positions(8, 44)[^1].ShouldBe(0, 1e-9);
        _ledger.ActiveTrades.ShouldBeEmpty();
    }
}
