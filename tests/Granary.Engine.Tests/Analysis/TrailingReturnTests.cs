using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public sealed class TrailingReturnTests
{
    private static EquityCurve Curve(params (string Day, double Value)[] points) =>
        new([.. points.Select(p => DateTime.Parse(p.Day, System.Globalization.CultureInfo.InvariantCulture).Ticks)],
            [.. points.Select(p => p.Value)]);

    private static TrailingReturn Of(EquityCurve curve, string name) => TrailingReturn.Of(curve).Single(r => r.Name == name);

    [Fact]
    public void Spans_end_at_the_last_point_and_begin_at_the_last_one_before_them()
    {
        var curve = Curve(("2019-12-30", 80), ("2020-12-31", 100), ("2021-06-14", 110), ("2021-06-16", 120), ("2021-12-30", 150),
            ("2022-05-31", 160), ("2022-06-15", 176));
        // 15 June 2021 has no point: the one before it counts.
        Of(curve, "1 year").Return.ShouldBe(176.0 / 110 - 1, 1e-12);
        Of(curve, "6 months").Return.ShouldBe(176.0 / 120 - 1, 1e-12);
        Of(curve, "3 months").Return.ShouldBe(176.0 / 150 - 1, 1e-12);
        Of(curve, "10 years").Return.ShouldBe(double.NaN);
        Of(curve, "Month to date").Return.ShouldBe(176.0 / 160 - 1, 1e-12);
        Of(curve, "Year to date").Return.ShouldBe(176.0 / 150 - 1, 1e-12);
        Of(curve, "Since the start").Return.ShouldBe(176.0 / 80 - 1, 1e-12);
        var days = (new DateTime(2022, 6, 15) - new DateTime(2019, 12, 30)).TotalDays;
        Of(curve, "Since the start").Cagr.ShouldBe(Math.Pow(176.0 / 80, 365.25 / days) - 1, 1e-12);
    }

    [Fact]
    public void A_span_longer_than_the_record_is_undefined_but_the_month_and_year_to_date_begin_with_it()
    {
        var curve = Curve(("2022-03-02", 100), ("2022-03-20", 90), ("2022-03-31", 108));
        Of(curve, "3 years").Return.ShouldBe(double.NaN);
        Of(curve, "1 year").Return.ShouldBe(double.NaN);
        Of(curve, "Month to date").Return.ShouldBe(0.08, 1e-12);
        Of(curve, "Year to date").Return.ShouldBe(0.08, 1e-12);
        Of(curve, "Since the start").Cagr.ShouldBe(double.NaN, "a year's rate of a month says nothing");
    }

    [Fact]
    public void Rolling_beta_is_the_slope_on_the_benchmark_within_each_window()
    {
        var random = new Random(11);
        double own = 100, other = 50;
        var (times, a, b) = (new List<long>(), new List<double>(), new List<double>());
        var day = new DateTime(2020, 1, 1);
        for (var i = 0; i < 60; i++)
        {
            times.Add(day.AddDays(i).Ticks);
            a.Add(own);
            b.Add(other);
            var r = 0.02 * (random.NextDouble() - 0.5);
            // A beta of 1.5 in the first half, of 0.5 in the second.
            own *= 1 + (i < 30 ? 1.5 : 0.5) * r;
            other *= 1 + r;
        }
        var rolling = RollingBeta.Of(new EquityCurve([.. times], [.. a]), new EquityCurve([.. times], [.. b]), 20);
        rolling.Times.Length.ShouldBe(40);
        rolling.Times[0].ShouldBe(times[20]);
        rolling.Beta[0].ShouldBe(1.5, 1e-9);
        rolling.Beta[10].ShouldBe(1.5, 1e-9);
        rolling.Beta[^1].ShouldBe(0.5, 1e-9);
        rolling.Beta[20].ShouldBeInRange(0.5, 1.5);
    }
}
