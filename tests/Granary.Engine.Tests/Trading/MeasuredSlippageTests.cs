using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Measured slippage, by hand.</summary>
public sealed class MeasuredSlippageTests
{
    // 11:00; a range of 200 points of the open, and a volume of 1,000.
    private static readonly Bar s_bar = new(new DateTime(2025, 1, 6, 11, 0, 0, DateTimeKind.Utc).Ticks, 100, 101, 99, 100, 1_000);

    private static readonly MeasuredCosts s_costs = new(
        new Dictionary<Side, MeasuredCost> { [Side.Buy] = new(4, 6), [Side.Sell] = new(5, 8) },
        new Dictionary<(Side, string), MeasuredCost> { [(Side.Buy, "kraken")] = new(2, 3) },
        new MeasuredCost(20, 30), 0.1, new MeasuredCost(0.05, 0.06), 100,
        [.. Enumerable.Range(0, 24).Select(h => h == 11 ? new MeasuredCost(1, 2) : default)]);

    [Theory]
    // 4 + 20 · (√0.09 − 0.1) + 0.05 · (200 − 100) + 1 = 14 points of 100.
    [InlineData(Side.Buy, "SIM", 90, 100.14)]
    [InlineData(Side.Sell, "SIM", 90, 99.85)]
    [InlineData(Side.Buy, "KRAKEN", 90, 100.12)]
    // A fill of more than the volume counts as all of it: 4 + 20 · 0.9 + 5 + 1 = 28.
    [InlineData(Side.Buy, "SIM", 5_000, 100.28)]
    public void The_mean_adds_up_side_and_venue_size_range_and_hour(Side side, string venue, double quantity, double price) =>
        new MeasuredSlippage(s_costs, isUpper: false).For(new Instrument { Symbol = "A", Venue = venue })
            .Slip(side, 100, quantity, s_bar, 0.01).ShouldBe(price, 1e-12);

    [Fact]
    public void The_upper_end_adds_the_distances_in_squares()
    {
        // 14 + √(2² + (10 · 0.2)² + (0.01 · 100)² + 1²) = 14 + √10.
        var upper = new MeasuredSlippage(s_costs, isUpper: false).AtUpper();
        upper.Slip(Side.Buy, 100, 90, s_bar, 0.01).ShouldBe(100 * (1 + (14 + Math.Sqrt(10)) / 1e4), 1e-12);
        // Doubled, as under stress, and with the instrument's venue.
        upper.Times(2).For(new Instrument { Symbol = "A", Venue = "kraken" }).Slip(Side.Buy, 100, 90, s_bar, 0.01)
            .ShouldBe(100 * (1 + 2 * (12 + Math.Sqrt(1 + 4 + 1 + 1)) / 1e4), 1e-12);
    }

    [Fact]
    public void Stop_orders_pay_their_own_costs_at_each_end_venue_and_multiple_and_those_of_others_without_them()
    {
        var stops = s_costs with { Size = default, Range = default, Hours = new MeasuredCost[24] };
        var slippage = new MeasuredSlippage(s_costs, isUpper: false) { Stops = stops };
        slippage.OfStops.Slip(Side.Buy, 100, 90, s_bar, 0.01).ShouldBe(100.04, 1e-12);
        slippage.AtUpper().Times(2).For(new Instrument { Symbol = "A", Venue = "kraken" }).OfStops.Slip(Side.Buy, 100, 90, s_bar, 0.01)
            .ShouldBe(100.06, 1e-12);
        slippage.Slip(Side.Buy, 100, 90, s_bar, 0.01).ShouldBe(100.14, 1e-12);
        var without = new MeasuredSlippage(s_costs, isUpper: false).Times(2);
        without.OfStops.ShouldBe(without);
    }

    [Fact]
    public void A_cost_below_zero_counts_as_zero_and_a_side_without_fills_pays_that_of_the_other()
    {
        var costs = s_costs with
        {
            Sides = new Dictionary<Side, MeasuredCost> { [Side.Sell] = new(-50, -40) },
            Cells = new Dictionary<(Side, string), MeasuredCost>(),
        };
        costs.Of(Side.Buy, "any").ShouldBe(new MeasuredCost(-50, -40));
        new MeasuredSlippage(costs, isUpper: false).Slip(Side.Buy, 100, 90, s_bar, 0).ShouldBe(100);
        new MeasuredSlippage(costs, isUpper: true).Slip(Side.Sell, 100, 90, s_bar, 0).ShouldBe(100);
    }
}
