using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Tests.Learning;

public sealed class ModelWorthTests
{
    // Of 1,000 in notional, with a commission of a thousandth, that ended on a day.
    private static FilteredTrade Trade(int day, double result, double size = 1) => new(new Trade(1, Side.Buy, 10, 0, 0, 100,
        day * TimeSpan.TicksPerDay + TimeSpan.TicksPerHour, 100 * (1 + result), 1000 * result + 1, 1, 3, ExitReason.Signal, 0, 0), 0.6,
            size,
        result)
    { Cost = 0.001 };

    [Fact]
    public void A_sortino_ratio_is_of_the_sums_of_days_with_those_without_trades()
    {
        // Sums by day: 0.02, −0.01, 0, 0.01. Mean 0.005; root of the mean square of the losses √(0.0001 / 4) = 0.005.
        FilteredTrade[] without = [Trade(10, 0.02), Trade(11, -0.01), Trade(13, 0.02), Trade(13, -0.01)];
        // The model halves the second: 0.02, −0.005, 0, 0.01. Mean 0.00625, losses √(0.000025 / 4) = 0.0025.
        FilteredTrade[] with = [without[0], Trade(11, -0.01, size: 0.5), without[2], without[3]];
        var worth = ModelWorth.Of(ExperimentFitness.Sortino, with, without).ShouldNotBeNull();
        (worth.Fitness, worth.Days, worth.Trades, worth.Taken).ShouldBe(("sortino", 4, 4, 4));
        worth.Without!.Value.ShouldBe(Math.Sqrt(365), 1e-12);
        worth.With!.Value.ShouldBe(2.5 * Math.Sqrt(365), 1e-12);
        worth.CostWithout.ShouldBe(0.004, 1e-15);
        worth.CostWith.ShouldBe(0.0035, 1e-15);
    }

    [Fact]
    public void A_sharpe_ratio_and_an_expectancy_are_as_calculated_by_hand()
    {
        FilteredTrade[] trades = [Trade(10, 0.02), Trade(11, -0.01), Trade(13, 0.02), Trade(13, -0.01)];
        // Deviation of 0.02, −0.01, 0, 0.01 with n − 1: √(0.0005 / 3).
        ModelWorth.Of(ExperimentFitness.Sharpe, trades, trades)!.Without!.Value
            .ShouldBe(0.005 / Math.Sqrt(0.0005 / 3) * Math.Sqrt(365), 1e-12);
        // 0.02 over four trades; without the two that it refuses 0.04 over two.
        var refused = trades.Select((t, i) => t with { SizeFactor = i % 2 == 0 ? 1 : 0 }).ToList();
        var worth = ModelWorth.Of(ExperimentFitness.Expectancy, refused, trades).ShouldNotBeNull();
        worth.Without!.Value.ShouldBe(0.005, 1e-15);
        worth.With!.Value.ShouldBe(0.02, 1e-15);
        worth.Taken.ShouldBe(2);
    }

    [Fact]
    public void A_figure_that_is_not_defined_is_null_and_so_is_its_interval()
    {
        FilteredTrade[] gains = [Trade(10, 0.02), Trade(11, 0.01)];
        var worth = ModelWorth.Of(ExperimentFitness.Sortino, gains, gains).ShouldNotBeNull();
        (worth.Without, worth.With, worth.Low, worth.High).ShouldBe((null, null, null, null));
        ModelWorth.Of(ExperimentFitness.Sortino, [], []).ShouldBeNull();
    }

    [Fact]
    public void The_interval_is_zero_for_a_model_that_changes_nothing_and_excludes_zero_for_one_that_refuses_losses()
    {
        var random = new PortableRandom(7);
        var trades = Enumerable.Range(0, 300).Select(day => Trade(day, 0.001 + 0.01 * random.NextGaussian())).ToList();
        var same = ModelWorth.Of(ExperimentFitness.Sharpe, trades, trades).ShouldNotBeNull();
        (same.Low, same.High).ShouldBe((0, 0));
        // It refuses two of three losing trades.
        var losses = 0;
        var with = trades.Select(t => t.Return < 0 && ++losses % 3 > 0 ? t with { SizeFactor = 0 } : t).ToList();
        var better = ModelWorth.Of(ExperimentFitness.Sharpe, with, trades).ShouldNotBeNull();
        better.Low!.Value.ShouldBeGreaterThan(0);
        (better.With - better.Without)!.Value.ShouldBeInRange(better.Low.Value, better.High!.Value);
        ModelWorth.Of(ExperimentFitness.Sharpe, with, trades).ShouldBe(better);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_interval_of_a_model_that_refuses_by_chance_contains_zero(long seed)
    {
        var random = new PortableRandom(seed);
        var trades = Enumerable.Range(0, 300).Select(day => Trade(day, 0.01 * random.NextGaussian())).ToList();
        var with = trades.Select(t => t with { SizeFactor = random.NextGaussian() > 0 ? 1 : 0 }).ToList();
        var worth = ModelWorth.Of(ExperimentFitness.Expectancy, with, trades).ShouldNotBeNull();
        worth.Low!.Value.ShouldBeLessThan(0);
        worth.High!.Value.ShouldBeGreaterThan(0);
    }
}
