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

    [Fact]
    public void A_stop_that_is_sent_again_after_a_split_stays_where_the_split_has_moved_it()
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
        _venue.Protect("long", 90, 0);
        Day(50);
        // A session that starts again sends what its journal has.
        _venue.Protect("long", 90, 0);
        Day(48);
        _venue.Snapshot().Positions["A"].ShouldBe(20);
        // The stop is at 45.
        Day(44);
        _venue.Snapshot().Positions.ShouldBeEmpty();
    }
}
