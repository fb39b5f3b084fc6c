using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Engine.Tests.Analysis;

public sealed class AccountFiguresTests
{
    private static readonly long Monday = new DateTime(2024, 1, 1).Ticks;

    private static AccountFigures Of(params (double Day, double Equity, double Exposure)[] rows)
    {
        var accumulator = new AccountAccumulator(100);
        foreach (var (day, equity, exposure) in rows) accumulator.Add(Monday + (long)(day * TimeSpan.TicksPerDay), equity, exposure);
        return accumulator.Finish()!;
    }

    [Fact]
    public void Means_and_extremes_are_of_every_row()
    {
        var f = Of((0, 100, 0), (0.1, 100, 74.59), (0.2, 100, 10), (0.3, 50, 5));
        f.EquityAverage.ShouldBe((100 + 100 + 100 + 50) / 4.0, 1e-12);
        f.GrossExposureMost.ShouldBe(0.7459, 1e-12);
        f.GrossExposureAverage.ShouldBe((0 + 0.7459 + 0.1 + 0.1) / 4, 1e-12);
    }

    [Fact]
    public void A_flat_day_is_neither_a_gain_nor_a_loss()
    {
        // Monday: no change against the starting cash. Tuesday and Wednesday: held. The rest: flat.
        var f = Of((0, 100, 0), (1, 110, 50), (2, 99, 0), (3, 99, 0), (4, 99, 0));
        (f.Days, f.DaysInMarket).ShouldBe((5, 2));
        (f.DaysProfitable, f.DaysLosing, f.DaysProfitableInMarket, f.DaysLosingInMarket).ShouldBe((0.2, 0.2, 0.5, 0.5));
    }

    [Fact]
    public void A_day_is_in_the_market_that_began_with_a_position_held_one_or_traded_within()
    {
        // Held over night into a day without a change; a trade within a day; a position held at noon alone.
        var f = Of((0, 100, 20), (1, 100, 0), (2.1, 100, 0), (2.4, 90, 0), (3.1, 90, 10), (3.2, 90, 0), (4, 90, 0));
        (f.Days, f.DaysInMarket).ShouldBe((5, 4));
    }

    [Fact]
    public void The_value_at_risk_of_the_days_in_the_market_leaves_flat_days_out()
    {
        var rows = new List<(double, double, double)>();
        var equity = 100.0;
        var moves = new List<double>();
        for (var day = 0; day < 400; day++)
        {
            var holds = day % 20 == 0;
            if (holds)
            {
                // As large as the day is late: −1 %, −2 %, …
                var r = -0.001 * (day / 20 + 1);
                equity *= 1 + r;
                moves.Add(r);
            }
            rows.Add((day, equity, 0));
        }
        var f = Of([.. rows]);
        (f.Days, f.DaysInMarket).ShouldBe((400, 20));
        // Of 20 sorted losses, 5 % of the way: −0.020 and −0.019, interpolated at 0.95.
        f.DailyVar95InMarket.ShouldBe(0.019 + 0.05 * 0.001, 1e-9);
        f.DailyCvar95InMarket.ShouldBe(0.020, 1e-9);
        f.DailyVar95.ShouldBeLessThan(0.0012);
    }

    [Fact]
    public void The_first_return_is_that_of_the_first_row_against_the_starting_cash()
    {
        double[] equity = [110, 99, 108.9];
        var accumulator = new EquityAccumulator(100);
        for (var i = 0; i < equity.Length; i++) accumulator.Add(Monday + i * TimeSpan.TicksPerDay, equity[i]);
        // +10 %, −10 %, +10 %.
        double[] returns = [0.1, -0.1, 0.1];
        var s = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(accumulator.Measure(252), returns));
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / 2);
        s.Sharpe.ShouldBe(mean / deviation * Math.Sqrt(252), 1e-9);
        s.TotalReturn.ShouldBe(0.089, 1e-12);
        s.MaxDrawdown.ShouldBe(0.1, 1e-12);
        s[ReturnMetrics.MonthsProfitable].ShouldBe(1);
    }
}
