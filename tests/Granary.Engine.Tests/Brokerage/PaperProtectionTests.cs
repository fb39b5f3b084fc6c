using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Brokerage;

/// <summary>A stop that an operator sets at the paper venue.</summary>
public sealed class PaperProtectionTests
{
    private static readonly long Start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    // Two shares for one on the third day.
    private readonly SimulatedExchange _venue = new(new PaperSettings { Cash = 100_000 }, new ExecutionSettings(),
        new Dictionary<string, Instrument>
        {
            ["A"] = new() { Symbol = "A", CorporateActions = [new CorporateAction(Start + 2 * Timeframe.D1.Ticks, 2, 0)] },
        });

    private int _days;

    private void Day(double price)
    {
        var open = Start + _days * Timeframe.D1.Ticks;
        _days++;
        _venue.OnBars(open + Timeframe.D1.Ticks, [new ClosedBar("A", new Bar(open, price, price, price, price, 1000), Timeframe.D1)]);
    }

    private void Enter()
    {
        Day(100);
        _venue.Submit(new BrokerOrder
        {
            ClientId = "long",
            Symbol = "A",
            Side = Side.Buy,
            Type = OrderType.Market,
            Quantity = 10,
            CreatedAt = Start + Timeframe.D1.Ticks,
        });
        Day(100);
    }

    [Fact]
    public void A_stop_follows_a_split_and_sending_it_again_changes_nothing()
    {
        Enter();
        _venue.Protect("long", 90, 0);
        Day(50);
        // A session that starts again sends the stop as it works now.
        _venue.Protect("long", 45, 0);
        Day(48);
        _venue.Snapshot().Positions["A"].ShouldBe(20);
        Day(44);
        _venue.Snapshot().Positions.ShouldBeEmpty();
    }

    [Fact]
    public void A_price_that_was_sent_before_a_split_counts_as_it_is_when_it_is_sent_again()
    {
        Enter();
        _venue.Protect("long", 0, 120);
        Day(50);
        _venue.Protect("long", 0, 120);
        // 60 was the target after the split.
        Day(70);
        _venue.Snapshot().Positions["A"].ShouldBe(20);
        Day(121);
        _venue.Snapshot().Positions.ShouldBeEmpty();
    }
}
