using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>A chain of contracts in batches, walk-forwards, searches and universes: as any symbol.</summary>
public sealed class ChainBatchTests : IDisposable
{
    private static readonly DateOnly Start = new(2022, 1, 3);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-chains-").FullName;

    public ChainBatchTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        var (random, expiries) = (new Random(76), new List<string> { "contract,expiry" });
        var (prices, price) = (new List<(DateOnly Day, double Open, double Close)>(), 4_000.0);
        for (var day = Start; day < Start.AddDays(700); day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var close = price + random.Next(-150, 152) * 0.25;
            prices.Add((day, price, close));
            price = close;
        }
        foreach (var (c, contract) in new[] { "ESH22", "ESM22", "ESU22", "ESZ22", "ESH23", "ESM23", "ESU23", "ESZ23" }.Index())
        {
            var expiry = new DateOnly(2022 + c / 4, 3 * (c % 4 + 1), 15);
            expiries.Add($"{contract},{expiry:yyyy-MM-dd}");
            Write(contract, prices.Where(p => p.Day <= expiry && p.Day > expiry.AddDays(-140)), 25 * c);
        }
        Write("PLAIN", prices, 0);
        File.WriteAllLines(Path.Combine(_folder, "expiries.csv"), expiries);
        File.WriteAllText(Path.Combine(_folder, "members.csv"), "symbol,from,to\nES,,2022-08-01\nES,2022-10-01,\nPLAIN,,\n");
        File.WriteAllLines(Path.Combine(_folder, "news.csv"), ["time,symbol,score", .. Enumerable.Range(0, 100).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{Start.AddDays(7 * i):yyyy-MM-dd},ES,{random.NextDouble() - 0.5:F3}"))]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string symbol, IEnumerable<(DateOnly Day, double Open, double Close)> prices, double above) =>
        File.WriteAllLines(Path.Combine(_folder, "bars", symbol + ".csv"), ["date,open,high,low,close,volume", .. prices.Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"{p.Day:yyyy-MM-dd},{p.Open + above},{Math.Max(p.Open, p.Close) + above},"
                + $"{Math.Min(p.Open, p.Close) + above},{p.Close + above},1000"))]);

    private const string Second = """
        , "ES2": { "multiplier": 50, "chain": { "contracts": "ES*", "expiries": "expiries.csv", "adjust": "difference", "depth": 2 } }
        """;

    private const string Crossings = """{ "class": "SmaCross", "params": { "fast": [3, 5], "slow": [8, 13] }, "size": { "units": 1 } }""";

    private BatchSpec Spec(string strategies = Crossings, string more = "", string symbols = "\"*\"", string data = "") =>
        new BatchReader(TestCatalogues.All).Read("chains.json", Encoding.UTF8.GetBytes($$"""
        { "name": "chains", "data": { "source": "csv:bars", "symbols": {{symbols}}, "timeframe": "1d", {{data}}
            "instruments": { "ES": { "multiplier": 50, "chain": { "contracts": "ES*", "expiries": "expiries.csv", "adjust": "difference" } }
              {{(symbols == "\"*\"" ? Second : "")}} } },
          "account": { "cash": 1000000 }, "strategies": [ {{strategies}} ], "portfolio": { "weights": "equal" } {{more}} }
        """), _folder);

    private async Task<BatchRun> RunAsync(BatchSpec spec, string name, int threads = 2, int block = IBarSeries.DefaultBlockSize) =>
        await new BatchRunner(new EmbeddedHost(threads, block), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Validation = false });

    [Fact]
    public async Task Two_depths_and_a_plain_symbol_run_to_one_digest_on_any_threads_and_blocks_and_repeat_without_look_ahead()
    {
        var one = await RunAsync(Spec(), "one", 1);
        one.Model.Markets.Select(m => m.Symbol).Order().ShouldBe(["ES", "ES2", "PLAIN"]);
        one.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Stats!.Trades > 5);
        foreach (var (threads, block) in new[] { (3, 7), (1, 1) })
            (await RunAsync(Spec(), $"t{threads}-{block}", threads, block)).Model.Digest.ShouldBe(one.Model.Digest);
        var again = await VerifyRun.RunAsync(one.Folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(int.MaxValue, 6), null, TestContext.Current.CancellationToken);
        again.Passed.ShouldBeTrue();
    }

    // The contracts are the plain prices plus 25, 50, …, so a chain that is adjusted by difference has the plain prices.
    [Fact]
    public async Task A_chain_by_difference_has_the_signals_of_the_series_without_gaps()
    {
        var run = await RunAsync(Spec(symbols: "[\"ES\", \"PLAIN\"]"), "signals");
        var signals = File.ReadLines(Path.Combine(run.Folder, "trades.csv")).Skip(1)
            .Select(l => l.Split('"')[1].Split('@') is [var strategy, var market] ? (Market: market[..2], Key: $"{strategy} {l.Split('"')[2].Split(',')[4]}") : default)
            .ToLookup(t => t.Market, t => t.Key);
        signals["ES"].Count().ShouldBeGreaterThan(40);
        signals["ES"].Except(signals["PL"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Walk_forwards_searches_universes_and_slower_series_take_a_chain_as_any_symbol()
    {
        var digests = new List<string>();
        var forward = Spec(symbols: "[\"ES\"]", more: """, "walkForward": { "inSample": "120d", "outOfSample": "40d" } """);
        foreach (var threads in (int[])[1, 3])
            digests.Add((await new WalkForwardRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(forward, new BatchOptions
            {
                Out = Path.Combine(_folder, $"wf{threads}"),
                Validation = false,
            }, null, TestContext.Current.CancellationToken)).Run.Model.Digest);
        digests[0].ShouldBe(digests[1]);

        var members = await RunAsync(Spec(symbols: "[\"ES\", \"PLAIN\"]", more: """, "universe": { "members": "members.csv" } """), "universe");
        members.Model.Markets.Select(m => m.Symbol).Order().ShouldBe(["ES", "PLAIN"]);
        var news = await RunAsync(Spec("""{ "class": "FactorLevel", "params": { "factor": "column(news.score)", "low": 0, "high": 0 } }""",
            symbols: "[\"ES\"]", data: "\"asof\": [ { \"file\": \"news.csv\", \"columns\": [\"score\"], \"as\": \"news.\" } ],"), "news");
        news.Model.Strategies.Single().Stats!.Trades.ShouldBeGreaterThan(10);
    }

    // From the first contract on, all prices are below zero.
    [Theory]
    [InlineData("buy-and-hold")]
    [InlineData("CL")]
    public async Task Nothing_is_compared_with_a_benchmark_that_has_prices_below_zero(string benchmark)
    {
        foreach (var (contract, first) in new[] { ("CLH22", Start), ("CLM22", Start.AddDays(40)) })
            Write(contract, Enumerable.Range(0, 60).Select(d => (first.AddDays(d), -d % 7 - 1.0, -d % 5 - 2.0)), 0);
        var run = await RunAsync(new BatchReader(TestCatalogues.All).Read("below.json", Encoding.UTF8.GetBytes($$"""
            { "name": "below", "data": { "source": "csv:bars", "symbols": ["CL"], "timeframe": "1d",
                "instruments": { "CL": { "chain": { "contracts": "CL*", "adjust": "difference" } } } },
              "account": { "cash": 1000000 }, "strategies": [ {{Crossings}} ], "portfolio": { "weights": "equal" },
              "benchmark": "{{benchmark}}" }
            """), _folder), "below-" + benchmark);
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("Nothing is compared with the benchmark", StringComparison.Ordinal));
        run.Model.Benchmark.ShouldBeNull();
        File.ReadAllText(Path.Combine(run.Folder, "results.json")).ShouldNotContain("NaN");
    }
}
