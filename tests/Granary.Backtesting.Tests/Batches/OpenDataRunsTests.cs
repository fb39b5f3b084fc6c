using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Combining;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>
/// Walk-forwards and searches with fundings, joined columns and universes: the digest depends neither on threads nor on an interruption,
/// and verify finds the same.
/// </summary>
public sealed class OpenDataRunsTests : IDisposable
{
    private const string Members = "members.csv";

    private static readonly string[] s_symbols = ["AAA", "BBB", "CCC", "DDD"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-open-").FullName;

    public OpenDataRunsTests()
    {
        Directory.CreateDirectory(At("bars"));
        var (random, start) = (new Random(58), new DateTime(2023, 1, 1));
        var (rates, scores) = (new List<string> { "time,symbol,rate" }, new List<string> { "time,symbol,score" });
        var prices = s_symbols.Select((_, s) => 40.0 + 15 * s).ToArray();
        var bars = s_symbols.Select(_ => new List<string> { "time,open,high,low,close,volume,mood" }).ToArray();
        for (var day = start; day < start.AddDays(300); day = day.AddDays(1))
            for (var s = 0; s < s_symbols.Length; s++)
            {
                var close = prices[s] * (1 + 0.06 * (random.NextDouble() - 0.49));
                var (high, low) = (Math.Max(prices[s], close) * 1.01, Math.Min(prices[s], close) * 0.99);
                bars[s].Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{prices[s]:F4},{high:F4},{low:F4},{close:F4},")
                    + string.Create(CultureInfo.InvariantCulture, $"{random.Next(1_000, 90_000)},{random.NextDouble() - 0.5:F3}"));
                prices[s] = Math.Round(close, 4);
                rates.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{day:yyyy-MM-dd}T16:00:00Z,{s_symbols[s]},{0.004 * (random.NextDouble() - 0.4):F6}"));
                if (random.Next(3) == 0)
                    scores.Add(string.Create(CultureInfo.InvariantCulture,
                        $"{day:yyyy-MM-dd}T09:30:00Z,{s_symbols[s]},{random.NextDouble() - 0.5:F3}"));
            }
        for (var s = 0; s < s_symbols.Length; s++) File.WriteAllLines(At($"bars/{s_symbols[s]}.csv"), bars[s]);
        File.WriteAllLines(At("funding.csv"), rates);
        File.WriteAllLines(At("scores.csv"), scores);
        File.WriteAllText(At(Members), """
            symbol,from,to,delisting_return
            AAA,,2023-05-10,
            AAA,2023-07-02,,
            BBB,2023-03-01,2023-09-18,-0.3
            CCC,,,
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }

    /// <summary>Crashes in one of the passes, after some stored outcomes.</summary>
    private sealed class CrashingHost(int pass, int after) : IBatchHost
    {
        private readonly EmbeddedHost _inner = new(1);
        private int _pass;

        public string Description => _inner.Description;

        public bool CanRepeat => true;

        public bool HasCrashed { get; private set; }

        public IBatchHost ForValidation(long evaluations, int threads) => _inner;

        public Task RunAsync(StrategyPass ordered, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _pass) != pass) return _inner.RunAsync(ordered, cancellationToken);
            var finished = ordered.Finished;
            return _inner.RunAsync(ordered with
            {
                Finished = outcomes =>
                {
                    finished([.. outcomes.Take(after)]);
                    HasCrashed = true;
                    throw new EventStoreException(new IOException("the crash that the test makes"));
                },
            }, cancellationToken);
        }
    }

    private static string DataOf(string what) => what switch
    {
        "funding" => ", \"funding\": \"funding.csv\"",
        "asof" => ", \"asof\": [ { \"file\": \"scores.csv\", \"columns\": [\"score\"], \"delay\": \"1d\" } ]",
        _ => "",
    };

    private static string SectionsOf(string what) => what switch
    {
        "members" => $"\"universe\": {{ \"members\": \"{Members}\" }},",
        "rank" => "\"universe\": { \"rank\": \"-roc(5)\", \"top\": 2, \"every\": \"1mo\", \"where\": \"volume > 1500\", "
            + "\"onLeave\": \"hold\" },",
        "rank by column" => "\"universe\": { \"rank\": \"column(mood)\", \"top\": 2, \"every\": \"1w\" },",
        _ => "",
    };

    private BatchSpec Spec(string what, string kind)
    {
        var searched = kind != "walk-forward";
        var method = kind == "search" ? "halving" : "tpe";
        var cross = searched
            ? $"\"search\": {{ \"method\": \"{method}\", \"trials\": 9, \"space\": {{ \"fast\": [2, 8], \"slow\": [9, 30] }} }}"
            : "\"params\": { \"fast\": [2, 5], \"slow\": [9, 20] }";
        var level = searched
            ? $"\"search\": {{ \"method\": \"{method}\", \"trials\": 9, \"space\": {{ \"high\": {{ \"from\": 0, \"to\": 0.3 }} }} }},"
                + " \"params\": { \"factor\": \"column(score)\", \"low\": -0.1 }"
            : "\"params\": { \"factor\": \"column(score)\", \"low\": -0.1, \"high\": [0, 0.1, 0.2] }";
        var strategies = $"{{ \"class\": \"SmaCross\", \"size\": {{ \"percentOfEquity\": 40 }}, {cross} }}"
            + (what == "asof" ? $", {{ \"class\": \"FactorLevel\", \"size\": {{ \"percentOfEquity\": 40 }}, {level} }}" : "");
        return new BatchReader(TestCatalogues.All).Read("open.json", Encoding.UTF8.GetBytes($$"""
            { "name": "open", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d"{{DataOf(what)}} }, {{SectionsOf(what)}}
              "strategies": [ {{strategies}} ]
              {{(kind == "search" ? "" : ", \"walkForward\": { \"inSample\": \"90d\", \"outOfSample\": \"45d\" }")}} }
            """), _folder);
    }

    private async Task<string> RunAsync(BatchSpec spec, string kind, string folder, IBatchHost host, bool resume = false)
    {
        var options = new BatchOptions
        {
            Out = At(folder),
            Resume = resume,
            Threads = 2,
            Optimises = kind == "search",
            Validation = kind == "backtest",
        };
        var token = TestContext.Current.CancellationToken;
        var run = kind is "search" or "backtest" ? await new BatchRunner(host, new StillClock()).RunAsync(spec, options, null, token)
            : (await new WalkForwardRunner(host, new StillClock()).RunAsync(spec, options, null, token)).Run;
        // Halving ends trials before all bars.
        run.Model.Strategies.ShouldAllBe(s => s.Error == null || s.Error.StartsWith("the search stopped it", StringComparison.Ordinal));
        return run.Model.Digest;
    }

    public static TheoryData<string, string> Cases()
    {
        string[] kinds = ["walk-forward", "searched walk-forward", "search"];
        var cases = new TheoryData<string, string>();
        foreach (var (i, what) in ((string[])["funding", "asof", "members", "rank", "rank by column"]).Index())
            // Each kind at least once; the long form has each with each.
            foreach (var kind in TestEffort.IsLong ? kinds : [kinds[(i + 1) % kinds.Length]])
                cases.Add(what, kind);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_digest_depends_neither_on_threads_nor_on_an_interruption_and_verify_finds_the_same(string what, string kind)
    {
        var spec = Spec(what, kind);
        var digest = await RunAsync(spec, kind, "one/run", new EmbeddedHost(1));
        (await RunAsync(spec, kind, "three/run", new EmbeddedHost(3, 97))).ShouldBe(digest);
        var crashing = new CrashingHost(kind == "search" ? 2 : 1, 2);
        await Should.ThrowAsync<Exception>(() => RunAsync(spec, kind, "cut/run", crashing));
        crashing.HasCrashed.ShouldBeTrue();
        (await RunAsync(spec, kind, "cut/run", new EmbeddedHost(1), resume: true)).ShouldBe(digest);
        ComparedRuns.Differences(At("one/run"), At("cut/run")).ShouldBe("");
        var verified = await VerifyRun.RunAsync(At("cut/run"), TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(1, 2), null, TestContext.Current.CancellationToken);
        verified.Actual.ShouldBe(digest);
        verified.Passed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("walk-forward")]
    [InlineData("search")]
    public async Task Each_part_changes_the_result(string kind)
    {
        var digests = new List<string>();
        foreach (var what in (string[])["nothing", "funding", "members", "rank", "rank by column"])
            digests.Add(await RunAsync(Spec(what, kind), kind, $"{what}/run", new EmbeddedHost(2)));
        digests.Distinct().Count().ShouldBe(digests.Count);
    }

    [Fact]
    public async Task An_interrupted_run_does_not_continue_with_other_members()
    {
        var spec = Spec("members", "search");
        await Should.ThrowAsync<Exception>(() => RunAsync(spec, "search", "cut/run", new CrashingHost(2, 2)));
        var text = await File.ReadAllTextAsync(At(Members), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(At(Members), text.Replace("2023-05-10", "2023-05-11", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await Should.ThrowAsync<OtherRunException>(() =>
            RunAsync(Spec("members", "search"), "search", "cut/run", new EmbeddedHost(2), resume: true));
    }

    [Fact]
    public async Task A_combined_portfolio_reads_the_files_of_its_members_from_their_folders()
    {
        await File.WriteAllTextAsync(At("rates.csv"), "time,rate\n2023-01-01,3\n2023-06-01,4\n", TestContext.Current.CancellationToken);
        var spec = new BatchReader(TestCatalogues.All).Read("member.json", Encoding.UTF8.GetBytes($$"""
            { "name": "member", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d" },
              "account": { "riskFree": "rates.csv" }, {{SectionsOf("members")}}
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 9 }, "size": { "percentOfEquity": 40 } } ],
              "portfolio": { "weights": "equal" } }
            """), _folder);
        await RunAsync(spec, "backtest", "runs/member", new EmbeddedHost(2));
        var combined = CombinedBatch.Write(new CombineRequest([At("runs/member")]) { Folder = At("elsewhere/combined") },
            TestCatalogues.All);
        combined.Spec.Universe!.Members!.Keys.ShouldBe(["AAA", "BBB", "CCC"], ignoreOrder: true);
        await RunAsync(combined.Spec, "backtest", "elsewhere/combined", new EmbeddedHost(2));
        File.ReadAllText(At("elsewhere/combined/equity.csv")).ShouldBe(File.ReadAllText(At("runs/member/equity.csv")));
        // With what survivorship would have added.
        UniverseOf("elsewhere/combined").ShouldBe(UniverseOf("runs/member"));

        string UniverseOf(string folder) => JsonNode.Parse(File.ReadAllText(At($"{folder}/results.json")))!["universe"]!.ToJsonString();
    }
}
