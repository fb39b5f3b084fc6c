using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>The periods per year of a batch, and its comparison with a benchmark that begins later.</summary>
public sealed class PeriodsAndBenchmarkTests : IDisposable
{
    private const string Hold = """{ "class": "BuyAndHold", "symbols": ["AAA"], "size": { "percentOfEquity": 100 } }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-periods-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Prices on the days from 2019-01-01 on that are open.
    private (DateTime Day, double Close)[] Market(string name, int count, Func<DateTime, bool> open, int skip = 0)
    {
        var (random, price) = (new Random(11), 100.0);
        var bars = new List<(DateTime Day, double Close)>();
        for (var day = new DateTime(2019, 1, 1); bars.Count < count; day = day.AddDays(1))
        {
            if (!open(day)) continue;
            bars.Add((day, Math.Round(price, 2)));
            price *= 1 + 0.02 * (random.NextDouble() - 0.48);
        }
        var text = new StringBuilder("date,open,high,low,close,volume\n");
        foreach (var (day, close) in bars.Skip(skip))
            text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{close},{close},{close},{close},1000\n");
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        File.WriteAllText(Path.Combine(_folder, "bars", name + ".csv"), text.ToString());
        return [.. bars.Skip(skip)];
    }

    private async Task<RunModel> RunAsync(string more = "", string name = "run", string strategy = Hold)
    {
        var text = $$"""
            { "name": "periods", "data": { "source": "csv:bars", "symbols": ["AAA"], "timeframe": "1d" }, "strategies": [ {{strategy}} ],
              "portfolio": { "weights": "equal", "limits": { "maxSymbolPercent": 100 } } {{more}} }
            """;
        var spec = new BatchReader(TestCatalogues.All).Read("periods.json", Encoding.UTF8.GetBytes(text), _folder);
        return (await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Validation = false })).Model;
    }

    private static bool Weekday(DateTime t) => t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static double PerYear(RunModel model) => model.Portfolio![Granary.Engine.Analysis.Metrics.RatioMetrics.PeriodsPerYear];

    [Fact]
    public async Task A_single_Saturday_leaves_252_and_is_named()
    {
        Market("AAA", 501, d => Weekday(d) || d == new DateTime(2019, 6, 8));
        var model = await RunAsync();
        PerYear(model).ShouldBe(252);
        model.Strategies[0].Stats![Granary.Engine.Analysis.Metrics.RatioMetrics.PeriodsPerYear].ShouldBe(252);
        model.Notes.Single(n => n.Code == NoteCode.PeriodsPerYear).Sentence.ShouldStartWith("1 of 501 rows lies outside the days");
    }

    [Fact]
    public async Task Sunday_to_Thursday_is_252_and_every_third_day_is_counted()
    {
        Market("AAA", 400, d => d.DayOfWeek is not (DayOfWeek.Friday or DayOfWeek.Saturday));
        var model = await RunAsync(name: "riyadh");
        PerYear(model).ShouldBe(252);
        model.Notes.Single(n => n.Code == NoteCode.PeriodsPerYear).Sentence.ShouldContain("Sunday");
        Market("AAA", 200, d => d.DayOfYear % 3 == 1);
        PerYear(await RunAsync(name: "third")).ShouldBe(121.75, 0.4);
        Market("AAA", 300, Weekday);
        (await RunAsync(name: "ordinary")).Notes.ShouldNotContain(n => n.Code == NoteCode.PeriodsPerYear);
    }

    [Fact]
    public async Task The_batch_sets_its_periods_per_year_and_its_configuration_keeps_them()
    {
        Market("AAA", 400, Weekday);
        var (counted, set) = (await RunAsync(name: "counted"), await RunAsync(", \"periodsPerYear\": 260", "set"));
        PerYear(set).ShouldBe(260);
        set.Digest.ShouldBe(counted.Digest);
        // A ratio grows with the root of the periods.
        set.Portfolio!.Sharpe.ShouldBe(counted.Portfolio!.Sharpe * Math.Sqrt(260.0 / 252), 1e-12);
        set.Strategies[0].Stats!.Sharpe.ShouldBe(counted.Strategies[0].Stats!.Sharpe * Math.Sqrt(260.0 / 252), 1e-12);
        set.Notes.ShouldNotContain(n => n.Code == NoteCode.PeriodsPerYear);
        using var prod = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "set", "prod.json")));
        prod.RootElement.GetProperty("periodsPerYear").GetDouble().ShouldBe(260);
        new ProductionReader(TestCatalogues.All).Read(Path.Combine(_folder, "set", "prod.json")).Spec.PeriodsPerYear.ShouldBe(260);
        // Far from the record it is probably a mistake.
        (await RunAsync(", \"periodsPerYear\": 3276", "far")).Notes.Single(n => n.Code == NoteCode.PeriodsPerYear).Sentence
            .ShouldContain("the record itself has 252");
    }

    [Fact]
    public async Task A_benchmark_that_begins_later_is_compared_from_its_first_bar()
    {
        var own = Market("AAA", 500, Weekday);
        var benchmark = Market("BBB", 500, Weekday, skip: 250);
        var model = await RunAsync(", \"benchmark\": \"BBB\"");
        // The closes of AAA are those of BBB, and the account holds all of AAA: almost the same returns, over 249 days.
        var against = model.Comparison!.Against;
        against.CommonPoints.ShouldBe(250);
        against.Correlation.ShouldBe(1, 1e-4);
        var rows = model.Closes.Where(r => r.Time >= benchmark[0].Day.Ticks).Select(r => r.Equity).ToArray();
        var (r, b) = (Returns(rows), Returns([.. benchmark.Select(x => x.Close)]));
        var (meanR, meanB) = (r.Average(), b.Average());
        var beta = r.Zip(b, (x, y) => (x - meanR) * (y - meanB)).Sum() / b.Sum(y => (y - meanB) * (y - meanB));
        against.Beta.ShouldBe(beta, 1e-9);
        against.Alpha.ShouldBe((meanR - beta * meanB) * 252, 1e-9);
        var active = r.Zip(b, (x, y) => x - y).ToArray();
        against.TrackingError.ShouldBe(
            Math.Sqrt(active.Sum(a => (a - active.Average()) * (a - active.Average())) / (active.Length - 1) * 252), 1e-9);
        against.BenchmarkReturn.ShouldBe(benchmark[^1].Close / benchmark[0].Close - 1, 1e-12);
        model.Notes.Single(n => n.Code == NoteCode.Benchmark).Sentence.ShouldContain("at 250 rows");
        // The line of the benchmark starts with what the portfolio has at the first common row.
        model.Benchmark!.Times[0].ShouldBe(benchmark[0].Day.Ticks);
        model.Benchmark.Values[0].ShouldBe(rows[0], 1e-6);
        // The verdict takes whole weeks: from the end of the week in which the benchmark begins.
        var monday = benchmark[0].Day.AddDays(7 - (((int)benchmark[0].Day.DayOfWeek + 6) % 7));
        var finding = model.Section<ValidationChecks>()![ValidationChecks.Benchmark];
        finding["benchmarkReturn"].ShouldBe(benchmark[^1].Close / benchmark.Last(x => x.Day < monday).Close - 1, 1e-12);
        finding["sharpe"].ShouldBe(finding["benchmarkSharpe"], 1e-3);
        finding.Sentence.ShouldContain($"from {monday:yyyy-MM-dd} on");
        own.Length.ShouldBe(500);
    }

    [Fact]
    public async Task A_benchmark_that_is_held_at_the_first_row_does_not_begin_later()
    {
        // The portfolio's first row is a Sunday, so that its first week has that row alone. The benchmark has moved since Tuesday.
        var sunday = new DateTime(2019, 1, 6);
        Market("AAA", 300, d => d >= sunday);
        var benchmark = Market("BBB", 310, _ => true);
        var model = await RunAsync(", \"benchmark\": \"BBB\"");
        model.Notes.ShouldNotContain(n => n.Code == NoteCode.Benchmark);
        var finding = model.Section<ValidationChecks>()![ValidationChecks.Benchmark];
        finding.Sentence.ShouldStartWith("the portfolio returned");
        var whole = benchmark.Last(b => b.Day < sunday.AddDays(300)).Close / benchmark.Single(b => b.Day == sunday).Close - 1;
        finding["benchmarkReturn"].ShouldBe(whole, 1e-12);
        model.Comparison!.Against.BenchmarkReturn.ShouldBe(whole, 1e-12);
        model.Portfolio!.TotalReturn.ShouldBe(finding["return"], 1e-12);
        model.Benchmark!.Values[0].ShouldBe(model.Closes[0].Equity, 1e-6);
        model.Benchmark.Values[^1].ShouldBe(model.Closes[0].Equity * (1 + whole), 1e-6);
    }

    [Fact]
    public async Task A_benchmark_that_ends_earlier_has_no_returns_after_its_end()
    {
        Market("AAA", 500, Weekday);
        var benchmark = Market("BBB", 300, Weekday);
        var model = await RunAsync(", \"benchmark\": \"BBB\"");
        model.Comparison!.Against.CommonPoints.ShouldBe(300);
        model.Comparison.Against.Correlation.ShouldBe(1, 1e-4);
        var finding = model.Section<ValidationChecks>()![ValidationChecks.Benchmark];
        finding["benchmarkReturn"].ShouldBe(benchmark[^1].Close / benchmark[0].Close - 1, 1e-12);
        finding["sharpe"].ShouldBe(finding["benchmarkSharpe"], 0.02);
        // The last week in which the benchmark has a bar, to its Sunday.
        var sunday = benchmark[^1].Day.AddDays((7 - (int)benchmark[^1].Day.DayOfWeek) % 7);
        finding.Sentence.ShouldStartWith($"up to {sunday:yyyy-MM-dd}, since BBB ends earlier, the portfolio returned");
    }

    [Fact]
    public async Task A_benchmark_in_the_middle_of_the_record_names_both_ends_of_the_comparison()
    {
        Market("AAA", 500, Weekday);
        var benchmark = Market("BBB", 300, Weekday, skip: 100);
        var finding = (await RunAsync(", \"benchmark\": \"BBB\"")).Section<ValidationChecks>()![ValidationChecks.Benchmark];
        var monday = benchmark[0].Day.AddDays(7 - (((int)benchmark[0].Day.DayOfWeek + 6) % 7));
        var sunday = benchmark[^1].Day.AddDays((7 - (int)benchmark[^1].Day.DayOfWeek) % 7);
        finding.Sentence.ShouldStartWith($"from {monday:yyyy-MM-dd} to {sunday:yyyy-MM-dd}, since BBB begins later and ends earlier, ");
    }

    [Fact]
    public async Task A_benchmark_without_bars_in_the_time_of_the_batch_is_said()
    {
        Market("AAA", 300, Weekday);
        Market("BBB", 301, Weekday, skip: 300);
        var model = await RunAsync(", \"benchmark\": \"BBB\"");
        model.Comparison.ShouldBeNull();
        model.Notes.ShouldContain(n => n.Code == NoteCode.Benchmark && n.Sentence.Contains("fewer than two bars"));
    }

    private static double[] Returns(double[] values) => [.. values.Skip(1).Zip(values, (now, before) => now / before - 1)];
}
