using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Engine.Tests.Analysis;

public class MetricCatalogueTests
{
    // The contract: keys and order of results.json and of analyze --json. New metrics come last.
    private static readonly string[] OfStrategies =
    [
        "trades", "winRate", "expectancy", "averageWin", "averageLoss", "profitFactor", "totalReturn", "cagr", "volatility", "sharpe",
        "sortino",
        "calmar", "maxDrawdown", "maxDrawdownDays", "monthsProfitable", "weeksProfitable", "exposure", "commission", "finalEquity",
        "netProfit", "periods", "periodsPerYear", "deflatedSharpe", "probabilityOfOverfitting",
    ];

    private static readonly string[] OfBenchmarks = ["trackingError", "informationRatio", "beta", "alpha", "correlation"];

    private static readonly string[] OfDays =
    [
        "equityAverage", "grossExposureAverage", "grossExposureMost", "days", "daysInMarket", "daysProfitable", "daysLosing",
        "daysProfitableInMarket", "daysLosingInMarket", "dailyVar95", "dailyCvar95", "dailyVar95InMarket", "dailyCvar95InMarket",
    ];

    private static readonly string[] OfCurves =
    [
        "totalReturn", "cagr", "volatility", "sharpe", "sortino", "calmar", "maxDrawdown", "maxDrawdownDays", "monthsProfitable",
        "weeksProfitable", "finalEquity", .. OfBenchmarks, "var95", "cvar95", "skew", "kurtosis", "ulcerIndex", "omega",
        "longestUnderwaterDays", "probabilisticSharpe", "periodsProfitable", "periodsProfitableInMarket", "var95InMarket", "cvar95InMarket",
        "bestMonth", "worstMonth", "periodsPerYear", "excessSharpe", "excessSortino", "excessAlpha",
        "martin", "tailRatio",
    ];

    private static readonly BenchmarkStatistics Benchmark = new(9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 252);

    private static EquitySums Sums(double final = 110, double start = 100) => new()
    {
        Start = start,
        Final = final,
        Count = 10,
        SumOfReturns = 0.1,
        SumOfSquares = 0.01,
        SumOfSquaredLosses = 0.001,
        MaxDrawdown = 0.1,
        MaxDrawdownTicks = TimeSpan.TicksPerDay,
        LongestUnderwaterTicks = TimeSpan.TicksPerDay,
        FirstTime = 0,
        LastTime = 9 * TimeSpan.TicksPerDay,
        Months = 1,
        MonthsUp = 1,
        Weeks = 2,
        WeeksUp = 1,
        ExposedBars = 4,
    };

    private static MetricSet Strategy => MetricCatalogue.BuiltIn.Compute(MetricInput.Of(Sums(), default, 252));

    private static IEnumerable<string> Keys(MetricSet set) => set.Listed().Select(v => v.Metric.Key);

    [Fact]
    public void A_strategy_lists_the_keys_of_the_contract_in_their_order() => Keys(Strategy).ShouldBe(OfStrategies);

    [Fact]
    public void A_portfolio_lists_its_benchmark_and_its_days_after_the_rest()
    {
        var figures = new AccountFigures
        {
            EquityAverage = 1,
            GrossExposureAverage = 2,
            GrossExposureMost = 3,
            Days = 4,
            DaysInMarket = 5,
            DaysProfitable = 6,
            DaysLosing = 7,
            DaysProfitableInMarket = 8,
            DaysLosingInMarket = 9,
            DailyVar95 = 10,
            DailyCvar95 = 11,
            DailyVar95InMarket = 12,
            DailyCvar95InMarket = 13,
        };
        var days = new MetricInput { Parts = MetricParts.Days, Days = figures };
        Keys(Strategy.With(days)).ShouldBe([.. OfStrategies, .. OfDays]);
        Keys(Strategy.With(days).With(MetricInput.Of(Benchmark)))
            .ShouldBe([.. OfStrategies, .. OfBenchmarks, "benchmarkReturn", .. OfDays, "benchmarkPeriodsPerYear"]);
    }

    [Fact]
    public void A_curve_lists_the_keys_of_the_contract_in_their_order()
    {
        var curve = new EquityCurve([.. Enumerable.Range(0, 30).Select(i => i * TimeSpan.TicksPerDay)],
            [.. Enumerable.Range(0, 30).Select(i => 100.0 + i % 7)]);
        Keys(EquityStatistics.Of(curve, 252).With(Benchmark).Above(RiskFreeRate.Of(0.02), curve).Metrics).ShouldBe(OfCurves);
    }

    [Fact]
    public void Financing_is_listed_where_it_is_not_zero()
    {
        var input = MetricInput.Of(Sums(), default, 252);
        var account = input.Account with { Financing = -3 };
        Keys(MetricCatalogue.BuiltIn.Compute(input with { Account = account })).ShouldBe([.. OfStrategies, "carry"]);
    }

    [Fact]
    public void Later_metrics_leave_the_earlier_ones_as_they_were()
    {
        var set = Strategy.With(MetricInput.Of(new CheckResults(0.9, 0.2))).With(MetricInput.Of(Benchmark));
        set.TotalReturn.ShouldBe(Strategy.TotalReturn);
        set[CheckMetrics.DeflatedSharpe].ShouldBe(0.9);
        set[BenchmarkMetrics.Beta].ShouldBe(0.3);
        Strategy[CheckMetrics.DeflatedSharpe].ShouldBe(double.NaN);
        Strategy.Has(BenchmarkMetrics.Beta).ShouldBeFalse();
    }

    [Fact]
    public void A_set_that_is_read_back_from_its_keys_is_equal()
    {
        var set = Strategy.With(MetricInput.Of(Benchmark)).With(MetricInput.Of(new CheckResults(0.9, 0.2)));
        var read = MetricCatalogue.BuiltIn.Read(set.Listed().ToDictionary(v => v.Metric.Key, v => v.Value, StringComparer.Ordinal));
        Keys(read).ShouldBe(Keys(set));
        foreach (var (metric, value) in set.Listed()) read[metric].ShouldBe(value, metric.Key);
    }

    [Fact]
    public void Sets_with_the_same_values_are_equal()
    {
        Strategy.ShouldBe(Strategy);
        Strategy.GetHashCode().ShouldBe(Strategy.GetHashCode());
        Strategy.ShouldNotBe(MetricCatalogue.BuiltIn.Compute(MetricInput.Of(Sums(final: 111), default, 252)));
    }

    [Fact]
    public void Two_metrics_cannot_have_one_key() =>
        Should.Throw<ArgumentException>(() =>
            MetricCatalogue.BuiltIn.With(RatioMetrics.Sharpe)).Message.ShouldContain("two metrics have the key 'sharpe'");

    [Fact]
    public void A_metric_of_a_later_part_cannot_need_an_earlier_one() =>
        Should.Throw<ArgumentException>(() => MetricCatalogue.BuiltIn.With(BenchmarkMetrics.Beta with
        {
            Needs = MetricParts.Benchmark | MetricParts.Equity,
        })).Message.ShouldContain("metric 'beta' needs Equity, Benchmark");

    [Fact]
    public void Every_metric_is_described()
    {
        foreach (var metric in MetricCatalogue.BuiltIn.All)
        {
            metric.Key.ShouldMatch("^[a-z][a-zA-Z0-9]*$");
            new[] { metric.Name, metric.ShortName, metric.Formula, metric.Source }.ShouldAllBe(t => t.Length > 0, metric.Key);
            metric.Needs.ShouldNotBe(MetricParts.None, metric.Key);
        }
        MetricCatalogue.BuiltIn.All.Select(m => m.Name).ShouldBeUnique();
        MetricCatalogue.BuiltIn.All.Where(m => m.OfDays is not null).ShouldAllBe(m => MetricCatalogue.BuiltIn.Find(m.OfDays!) != null);
    }

    [Fact]
    public void The_metrics_of_a_strategy_cost_one_array_and_one_object()
    {
        var input = MetricInput.Of(Sums(), default, 252);
        var kept = MetricCatalogue.BuiltIn.Compute(input);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) kept = MetricCatalogue.BuiltIn.Compute(input);
        // 30 numbers; the record of named fields that they replace had 240 bytes.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1000).ShouldBeLessThanOrEqualTo(24 + 30 * 8 + 32);
        kept.Values.Length.ShouldBe(30);
    }
}
