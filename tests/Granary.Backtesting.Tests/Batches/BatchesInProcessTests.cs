using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

public sealed class BatchesInProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-batches-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static BatchSpec Spec(string strategies, string more = "", GranaryCatalogues? catalogues = null) =>
        new BatchReader(catalogues ?? TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
            { "name": "test", "data": { "source": "csv:{{Bars}}", "symbols": ["ACME", "COINUSDT"], "timeframe": "1h" }, "strategies":
              [ {{strategies}} ] {{more}} }
            """), Path.GetTempPath());

    private async Task<string> DigestAsync(BatchSpec spec, int threads, int blockSize)
    {
        var run = await new BatchRunner(new EmbeddedHost(threads, blockSize), TimeProvider.System)
            .RunAsync(spec, new BatchOptions { Out = Path.Combine(_folder, Path.GetRandomFileName()) });
        return run.Model.Digest;
    }

    [Fact]
    public async Task Blocks_of_any_size_and_any_number_of_threads_give_one_digest()
    {
        var spec = Spec("""
            { "class": "SmaCross", "params": { "fast": [5, 8], "slow": [20, 30] }, "timeframe": ["1h", "4h"] },
            { "class": "DonchianBreakout", "trailingStopPercent": 3 }, { "class": "RsiReversion", "sides": "long", "stopLossPercent": 2,
              "takeProfitPercent": 3 },
            { "class": "PairsSpread" }
            """, """, "outputs": ["results"] """);
        var expected = await DigestAsync(spec, 1, 1024);
        foreach (var (threads, block) in new[] { (2, 1024), (1, 4096), (3, 7), (2, 1) })
            (await DigestAsync(spec, threads, block)).ShouldBe(expected, $"{threads} threads, blocks of {block}");
    }

    [Fact]
    public async Task Stress_costs_twice_and_shows_in_every_strategy()
    {
        const string Strategies = """{ "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "units": 10 } }""";
        async Task<RunModel> Run(string execution) => (await new BatchRunner(new EmbeddedHost(2), TimeProvider.System)
            .RunAsync(Spec(Strategies,
                $$""", "account": { "cash": 1000000000 }, "execution": {{execution}}, "outputs": ["results", "prod"] """),
                new BatchOptions { Out = Path.Combine(_folder, Path.GetRandomFileName()) })).Model;
        var plain = await Run("""{ "commissionPercent": 0.1, "slippagePercent": 0.02 }""");
        var stressed = await Run("""{ "commissionPercent": 0.1, "slippagePercent": 0.02, "stress": true }""");
        var same = await Run("""{ "commissionPercent": 0.2, "slippagePercent": 0.04, "latencyBars": 1 }""");
        // Twice the costs one bar later, said in another way.
        same.Digest.ShouldBe(stressed.Digest);
        // By trade, since an entry that is called back before it arrives is not a trade.
        static double PerTrade(StrategyEntry s) => s.Stats![TradeMetrics.Commission] / s.Stats.Trades;
        for (var i = 0; i < plain.Strategies.Count; i++)
            (PerTrade(stressed.Strategies[i]) / PerTrade(plain.Strategies[i])).ShouldBe(2, 0.05);
    }

    [Fact]
    public async Task With_every_cost_and_constraint_the_files_add_up_and_every_host_agrees()
    {
        const string Execution = """
            , "execution": { "commissionPercent": 0.05, "commissionMakerPercent": 0.02, "commissionPerOrder": 0.5, "commissionMinimum": 1,
                "commissionTiers": [ { "from": 200000, "percent": 0.03 } ], "slippageTicks": 1, "slippageVolumeImpact": 0.1,
                  "latencyBars": 1, "volumePercent": 2,
                "timeInForce": "day", "borrowPercent": 4, "leverage": 2, "maintenancePercent": 30 },
              "portfolio": { "weights": "equal" }
            """;
        const string Strategies = """
            { "class": "SmaCross", "params": { "fast": 5, "slow": 20 } }, { "class": "DonchianBreakout", "trailingStopPercent": 3,
              "timeframe": "4h" },
            { "class": "RsiReversion", "stopLossPercent": 2, "takeProfitPercent": 3 }, { "class": "PairsSpread" }
            """;
        BatchSpec Realistic(string outputs) => Spec(Strategies, Execution + outputs).WithTick(0.01);
        var folder = Path.Combine(_folder, "real");
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Realistic(""),
            new BatchOptions { Out = folder });
        run.Model.Strategies.ShouldAllBe(s => s.Error == null);

        foreach (var strategy in run.Model.Strategies)
            Sum("trades.csv", "pnl_net", strategy.Id).ShouldBe(strategy.Stats!.FinalEquity - 100_000, 1e-3, strategy.Id);
        Sum("portfolio_trades.csv", "pnl_net").ShouldBe(run.Model.Portfolio!.FinalEquity - 100_000, 1e-3);
        Sum("portfolio_trades.csv", "commission").ShouldBe(run.Model.Portfolio[TradeMetrics.Commission], 1e-3);
        Sum("portfolio_trades.csv", "carry").ShouldBe(run.Model.Portfolio[ExposureMetrics.Financing], 1e-3);
        run.Model.Portfolio[ExposureMetrics.Financing].ShouldBeLessThan(0, "shorts are borrowed");

        foreach (var (threads, block) in new[] { (1, 4096), (2, 7) })
            (await DigestAsync(Realistic(""", "outputs": ["results"] """), threads, block)).ShouldBe(run.Model.Digest,
                $"{threads} threads, blocks of {block}");

        double Sum(string file, string column, string? strategy = null) => CsvRows.Of(Path.Combine(folder, file))
            .Where(r => strategy is null || r["strategy"] == strategy)
            .Sum(r => double.Parse(r[column], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Smaller_bars_of_the_source_decide_between_stop_and_target_and_the_report_says_what_they_left_open()
    {
        const string Tight =
            """{ "class": "RsiReversion", "timeframe": "1d", "stopLossPercent": 0.5, "takeProfitPercent": 0.5, "exitOnSignal": false }""";
        async Task<RunModel> Run(string path, int block) => (await new BatchRunner(new EmbeddedHost(2, block), TimeProvider.System)
            .RunAsync(Spec(Tight, $$""", "execution": { {{path}} }, "outputs": ["results"] """),
                new BatchOptions { Out = Path.Combine(_folder, Path.GetRandomFileName()) })).Model;
        var (without, with) = (await Run("", 1024), await Run("\"intrabarPath\": \"auto\"", 1024));
        with.Digest.ShouldNotBe(without.Digest);
        with.Strategies.Sum(s => s.Stats![ExposureMetrics.IntrabarByPath]).ShouldBeGreaterThan(0);
        with.Notes.ShouldContain(n => n.Sentence.Contains("the path of smaller bars decided", StringComparison.Ordinal));
        without.Notes.ShouldNotContain(n => n.Sentence.Contains("smaller bars", StringComparison.Ordinal));
        (await Run("\"intrabarPath\": \"1h\"", 7)).Digest.ShouldBe(with.Digest);
        // The source has no minutes: the hours that it has decide under the days, and nothing else is asked of it.
        (await Run("\"intrabarPath\": \"1m\"", 64)).Digest.ShouldBe(with.Digest);
    }

    [Fact]
    public async Task A_strategy_of_one_symbol_may_compare_it_with_another_of_the_batch()
    {
        var spec = Spec("""
            { "class": "MovesWith", "params": { "n": [20, 50] }, "symbols": ["ACME"] }, { "class": "MovesWith", "params": { "market":
              ["ACME", "COINUSDT"] }, "symbols": ["ACME"], "timeframe": "4h" },
            { "class": "MovesWith", "params": { "market": "NOSUCH" }, "symbols": ["ACME"] }, { "class": "SmaCross", "symbols": ["ACME"] }
            """, """, "outputs": "all" """);
        var folder = Path.Combine(_folder, "moves");
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, new BatchOptions { Out = folder });
        var strategies = run.Model.Strategies;
        strategies.Where(s => s.Error is null).Count().ShouldBe(5);
        strategies[0].Stats!.Trades.ShouldBeGreaterThan(5);
        strategies.Single(s => s.Error is not null).Error!.ShouldContain("NOSUCH");
        // Its own bars alone count, whichever the other symbol has; and its factors are written beside its signals.
        strategies[0].Stats![ExposureMetrics.Periods].ShouldBe(strategies[^1].Stats![ExposureMetrics.Periods]);
        File.ReadLines(Path.Combine(folder, "factors.csv")).ShouldContain(l => l.Contains("beta(COINUSDT,20)", StringComparison.Ordinal));
        foreach (var (threads, block) in new[] { (1, 4096), (3, 7) })
            (await DigestAsync(spec with { Outputs = new OutputSet { Names = ["results"] } }, threads, block)).ShouldBe(run.Model.Digest);
    }

    [Theory]
    [InlineData("ACME")]
    [InlineData("buy-and-hold")]
    public async Task Half_of_the_cash_in_the_benchmark_itself_has_half_a_beta_and_no_alpha(string benchmark)
    {
        var symbols = benchmark == "ACME" ? """ "symbols": "ACME", """ : "";
        var spec = Spec($$"""{ "class": "BuyAndHold", "sides": "long", {{symbols}} "size": { "cash": 50000 } }""",
            $$"""
                , "benchmark": "{{benchmark}}", "account": { "cash": 100000 }, "portfolio": { "weights": "equal" }, "outputs": ["results",
                  "report"]
                """);
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, benchmark) });
        var b = run.Model.Portfolio.ShouldNotBeNull();
        // What is held grows beyond its half as it rises.
        b[BenchmarkMetrics.Correlation].ShouldBe(1, 0.01);
        b[BenchmarkMetrics.Beta].ShouldBeInRange(0.4, 0.7);
        Math.Abs(b[BenchmarkMetrics.Alpha]).ShouldBeLessThan(0.05);
        File.ReadAllText(Path.Combine(_folder, benchmark, "results.json")).ShouldContain("\"informationRatio\"");
        File.ReadAllText(run.Report!).ShouldContain(benchmark == "ACME" ? "Alpha" : "Buy and hold");
    }

    [Fact]
    public async Task A_benchmark_that_is_not_there_is_refused_before_anything_runs()
    {
        var fault = await Should.ThrowAsync<InputException>(() => new BatchRunner(new EmbeddedHost(1), TimeProvider.System)
            .RunAsync(Spec("""{ "class": "SmaCross" }""", """, "benchmark": "NOSUCH" """),
                new BatchOptions { Out = Path.Combine(_folder, "none") }));
        fault.Message.ShouldContain("benchmark");
        Directory.Exists(Path.Combine(_folder, "none")).ShouldBeFalse();
    }

    [Fact]
    public void Slippage_in_ticks_of_a_market_without_one_is_refused_with_the_line_and_the_remedy()
    {
        var spec = Spec("""{ "class": "SmaCross" }""", """, "execution": { "slippageTicks": 2 } """);
        var fault = Should.Throw<InputException>(() => ExecutionSection.CheckTick(spec.Execution,
            new Instrument { Symbol = "ACME" }));
        fault.Message.ShouldContain("line 2");
        fault.Message.ShouldContain("\"ACME\": { \"tick\": 0.01 }");
    }

    [Fact]
    public async Task A_strategy_that_throws_fails_alone_with_its_reason()
    {
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec("""{ "class": "SmaCross" }, { "class": "PairsSpread", "symbols": ["ACME"] }""", """, "outputs": ["results", "report"] """),
            new BatchOptions { Out = Path.Combine(_folder, "run") });
        run.Model.Strategies.Count(s => s.Stats is not null).ShouldBe(2);
        run.Model.Strategies.Single(s => s.Stats is null).Error.ShouldNotBeNull().ShouldContain("PairsSpread");
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_portfolio_never_exceeds_its_limits_and_every_refusal_has_a_reason()
    {
        var folder = Path.Combine(_folder, "limits");
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec("""{ "class": "SmaCross", "params": { "fast": [3, 5, 8], "slow": [20, 30, 40] }, "size": { "percentOfEquity": 20 } }""",
                """, "portfolio": { "weights": "equal", "limits": { "maxPositions": 3, "maxGrossPercent": 50 } } """.Replace("\"equal\"",
                    "\"equal\"")),
            new BatchOptions { Out = folder });
        run.Model.Decisions.Keys.ShouldContain(Engine.Portfolio.Rules.Decision.Of("max-positions"));
        // A position may grow past the limit by its price, but not by an entry: three at most are open.
        var open = new SortedList<string, int>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(folder, "portfolio_trades.csv")).Skip(1))
        {
            var fields = line[(line.LastIndexOf("\",", StringComparison.Ordinal) + 2)..].Split(',');
            open[fields[3]] = open.GetValueOrDefault(fields[3]) + 1;
            open[fields[5] + "x"] = open.GetValueOrDefault(fields[5] + "x") - 1;
        }
        var now = 0;
        foreach (var change in open.Values.Zip(open.Keys).GroupBy(x => x.Second.TrimEnd('x')).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            now += change.Sum(c => c.First);
            now.ShouldBeLessThanOrEqualTo(3);
        }
        File.ReadLines(Path.Combine(folder, "signals.csv")).Skip(1)
            .ShouldAllBe(l => l.Contains("accepted", StringComparison.Ordinal) || l.Contains("max-positions", StringComparison.Ordinal)
                || l.Contains("max-gross", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_strategy_that_peeks_one_bar_ahead_is_caught_and_honest_ones_are_not_accused()
    {
        var future = new FutureCloses();
        var spec = Spec(
            """{ "class": "Peeker" }, { "class": "SmaCross" }, { "class": "MacdCross", "timeframe": "4h" }, { "class": "PairsSpread" }""",
            catalogues: TestCatalogues.With(future));
        var source = BatchSources.Open(TestCatalogues.All, spec.Data);
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        var markets = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var symbol in spec.Data.Symbols)
        {
            var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.H1), TestContext.Current.CancellationToken);
            markets[symbol] = new OpenedMarket(symbol, series, series.Instrument);
        }
        // The leak reads whatever file is being run: the table is filled as the bars are opened, perturbed ones included.
        var host = new PeekingHost(new EmbeddedHost(2), future);
        var result = await LookAheadCheck.RunAsync(new LookAheadSubject(plan, markets, host), LookAheadEffort.OfCuts(int.MaxValue, 24), 1,
            TestContext.Current.CancellationToken);
        result.Strategies.ShouldBe(plan.Instances.Count);
        result.Found.Select(f => f.Strategy.Split('(', '@')[0]).Distinct().ShouldBe(["Peeker"]);
    }

    private sealed class PeekingHost(IBatchHost inner, FutureCloses future) : IBatchHost
    {
        public string Description => inner.Description;

        public async Task RunAsync(StrategyPass pass, CancellationToken cancellationToken)
        {
            var closes = new Dictionary<long, double>();
            await foreach (var block in pass.Markets["COINUSDT"].Series.ReadAsync(cancellationToken: cancellationToken))
                for (var i = 0; i < block.Count; i++)
                    closes[block.Time[i]] = block.Close[i];
            future.Closes = closes;
            await inner.RunAsync(pass, cancellationToken);
        }
    }
}
