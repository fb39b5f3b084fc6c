using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>The key <c>data.funding</c> of a batch.</summary>
public sealed class FundingBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-funding-").FullName;

    public FundingBatchTests() => FundingFiles.OfSamples(At("funding.csv"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private BatchSpec Spec(string funding, string symbols = "\"COINUSDT\"", string more = "", string timeframe = "1h") =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{Bars}}", "symbols": [{{symbols}}], "timeframe": "1h", "to": "2022-03-01",
                "funding": {{funding}} },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 40 }, "size": { "percentOfEquity": 30 },
                "timeframe": "{{timeframe}}", "stopLossPercent": 3 } ],
              "portfolio": { "weights": "equal" } {{more}} }
            """), _folder);

    private Task<BatchRun> RunAsync(BatchSpec spec, string name = "run") => new BatchRunner(new EmbeddedHost(2), TimeProvider.System)
        .RunAsync(spec, new BatchOptions { Out = At(name), Validation = false, Yes = true }, null,
            TestContext.Current.CancellationToken);

    [Fact]
    public async Task Trades_and_account_have_the_same_sum_of_funding_and_the_section_shows_it_by_symbol_and_day()
    {
        var run = await RunAsync(Spec("\"funding.csv\"", "\"COINUSDT\", \"GLIMUSDT\""));
        var portfolio = run.Model.Portfolio!;
        var funding = run.Model.Section<FundingResults>().ShouldNotBeNull();
        portfolio[ExposureMetrics.Funding].ShouldNotBe(0);
        portfolio[ExposureMetrics.Funding].ShouldBe(portfolio[ExposureMetrics.Financing], 1e-9);
        funding.Net.ShouldBe(portfolio[ExposureMetrics.Funding], 1e-9);
        funding.Symbols.Select(s => s.Symbol).ShouldBe(["COINUSDT", "GLIMUSDT"]);
        funding.Symbols.Sum(s => s.Net).ShouldBe(funding.Net, 1e-9);
        funding.Days.Sum(d => d.Received - d.Paid).ShouldBe(funding.Net, 1e-9);
        funding.Days.Select(d => d.Day).ShouldBeInOrder();
        CsvRows.Of(At("run/portfolio_trades.csv")).Sum(t => double.Parse(t["carry"], System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(funding.Net, 1e-6);
    }

    [Fact]
    public async Task Without_rates_nothing_changes_and_other_rates_are_other_data()
    {
        var none = await RunAsync(Spec("null"), "none");
        File.WriteAllText(At("zero.csv"), "time,rate\n2022-01-01T00:00:00Z,0\n2022-02-28T00:00:00Z,0\n");
        var empty = await RunAsync(Spec("\"zero.csv\""), "zero");
        var funded = await RunAsync(Spec("\"funding.csv\""), "funded");
        empty.Model.Digest.ShouldBe(none.Model.Digest);
        funded.Model.Digest.ShouldNotBe(none.Model.Digest);
        new[] { none, empty, funded }.Select(r => r.Model.Markets[0].Hash).Distinct().Count().ShouldBe(3);
        none.Model.Section<FundingResults>().ShouldBeNull();
    }

    [Fact]
    public async Task Verify_repeats_a_run_and_finds_changed_rates()
    {
        await RunAsync(Spec("\"funding.csv\""));
        (await VerifyAsync()).Passed.ShouldBeTrue();
        // One rate of a day without a trade.
        var lines = await File.ReadAllLinesAsync(At("funding.csv"), TestContext.Current.CancellationToken);
        var at = Array.FindIndex(lines, l => l.StartsWith("2021-12-31T04:00:00Z,COINUSDT", StringComparison.Ordinal));
        lines[at] = "2021-12-31T04:00:00Z,COINUSDT,0.00123,";
        await File.WriteAllLinesAsync(At("funding.csv"), lines, TestContext.Current.CancellationToken);
        var changed = await VerifyAsync();
        changed.DataChanged.ShouldHaveSingleItem().ShouldContain("COINUSDT");
        changed.Actual.ShouldBe(changed.Expected);
    }

    private Task<VerificationResult> VerifyAsync() =>
        VerifyRun.RunAsync(At("run"), TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System, LookAheadEffort.OfCuts(1, 2), null,
            TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("time,rate\n2022-01-01T00:00:00Z,0.5\n",
        "line 2, rate: 0.5 is more than a tenth of a position; give the rate of one period as a "
        + "fraction, 0.01 % as 0.0001")]
    [InlineData("time,rate\n2022-01-02,0.0001\n2022-01-01,0.0001\n",
        "line 3, time: '2022-01-01' is earlier than the line before; sort the lines "
        + "by time, oldest first")]
    [InlineData("time,rate\n2022-01-01T00:00:00Z,0\n2022-01-01T00:00:05Z,0\n",
        "line 3, time: '2022-01-01T00:00:05Z' is in the minute of the line "
        + "before; keep one line for each funding")]
    [InlineData("time,symbol,rate\n2022-01-01,A,0\n2022-01-01,COINUSDT,0\n2022-01-01,A,0\n",
        "line 4, time: '2022-01-01' is in the minute of the "
        + "line of A before; keep one line for each funding")]
    [InlineData("time,rate,mark\n2022-01-01,,\n",
        "line 2, rate: the line has neither a rate nor a mark price; give one of them, or remove the line")]
    [InlineData("time,rate,mark\n2022-01-01,0,-4\n", "line 2, mark: a mark price of -4 is not positive; leave it empty or correct it")]
    [InlineData("time,rate\n2022-01-01,abc\n",
        "line 2, rate: 'abc' is not a number; use a plain number such as 100000.50, without thousands "
        + "separators")]
    [InlineData("time,fnding\n2022-01-01,0\n", "line 1, rate: there is no such column; add it; the file has time, fnding")]
    [InlineData("time,rate\n", ": there are no lines below the header; add a line for each funding")]
    public async Task A_faulty_table_is_refused_with_its_line_and_a_remedy(string table, string message)
    {
        File.WriteAllText(At("bad.csv"), table);
        var fault = await Should.ThrowAsync<Exception>(() => RunAsync(Spec("\"bad.csv\"")));
        fault.Message.ShouldEndWith($"{At("bad.csv")}{(message[0] == ':' ? "" : ", ")}{message}");
        Directory.Exists(At("run")).ShouldBeFalse();
    }

    [Fact]
    public async Task Files_by_symbol_are_read_and_a_symbol_that_a_file_lacks_is_a_fault()
    {
        var run = await RunAsync(Spec("""{ "COINUSDT": "funding.csv" }""", "\"COINUSDT\", \"GLIMUSDT\""));
        run.Model.Section<FundingResults>()!.Symbols.ShouldHaveSingleItem().Symbol.ShouldBe("COINUSDT");
        run.Model.Markets.Single(m => m.Symbol == "GLIMUSDT").Findings
            .ShouldContain("there is no funding for GLIMUSDT, so its positions pay and receive none");
        (await Should.ThrowAsync<Exception>(() => RunAsync(Spec("""{ "ACME": "funding.csv" }""", "\"ACME\""), "acme"))).Message
            .ShouldEndWith("funding.csv: there is no line of ACME, but of COINUSDT, GLIMUSDT; write the symbols as data.symbols does");
        Should.Throw<InputException>(() => BatchPlan.Make(Spec("""{ "COINUSD": "funding.csv" }"""), ["COINUSDT"])).Message
            .ShouldContain("'COINUSD' is not among the batch's symbols; did you mean 'COINUSDT'?");
    }

    [Fact]
    public async Task The_report_notes_rates_that_begin_late_end_early_or_look_like_percentages()
    {
        File.WriteAllText(At("short.csv"), "calc_time,funding_interval_hours,last_funding_rate\n" + string.Concat(
            Enumerable.Range(0, 30).Select(i => FormattableString.Invariant(
                $"{new DateTimeOffset(2022, 1, 10, 0, 0, 0, TimeSpan.Zero).AddHours(8 * i).ToUnixTimeMilliseconds() + i % 9},8,0.01\n"))));
        var run = await RunAsync(Spec("\"short.csv\""));
        run.Model.Markets[0].Findings.Take(3).ShouldBe([
            "its funding begins at 2022-01-10T00:00:00.0000000Z, after its bars, and nothing is charged before it",
            "its funding ends at 2022-01-19T16:00:00.0000000Z, before its bars, and nothing is charged after it",
            "half of its funding rates are beyond ±0.3 %; give fractions, 0.01 % as 0.0001, if they are percentages"]);
    }

    [Fact]
    public async Task Warm_up_bars_do_not_charge()
    {
        var spec = Spec("\"funding.csv\"");
        var run = await RunAsync(spec with { Data = spec.Data with { From = new DateTime(2022, 2, 1).Ticks } });
        run.Model.Section<FundingResults>()!.Days.Min(d => d.Day).ShouldBeGreaterThanOrEqualTo(new DateTime(2022, 2, 1).Ticks);
    }

    [Fact]
    public async Task A_production_configuration_carries_the_funding()
    {
        await RunAsync(Spec("\"funding.csv\""));
        var production = new ProductionReader(TestCatalogues.All).Read(At("run/prod.json"));
        production.Spec.Data.Funding!.Of("COINUSDT")!.Path.ShouldBe(At("funding.csv"));
        await using var series = await BatchSources.Open(TestCatalogues.All, production.Spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", Timeframe.H1), TestContext.Current.CancellationToken);
        series.Instrument.Funding.Count.ShouldBeGreaterThan(1000);
    }
}
