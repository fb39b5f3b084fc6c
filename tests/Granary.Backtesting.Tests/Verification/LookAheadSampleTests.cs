using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Verification;

public sealed class LookAheadSampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-ahead-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly string Data = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static BatchSpec Spec(string strategies, int seed = 1, GranaryCatalogues? catalogues = null) =>
        new BatchReader(catalogues ?? TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
            { "name": "test", "data": { "source": "csv:{{Data}}", "symbols": ["COINUSDT"], "timeframe": "1h" }, "strategies":
              [ {{strategies}} ], "seed": {{seed}} }
            """), Path.GetTempPath());

    private static async Task<LookAheadResult> SampleAsync(string strategies, int seed, GranaryCatalogues? catalogues = null)
    {
        var spec = Spec(strategies, seed, catalogues);
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", Timeframe.H1),
            TestContext.Current.CancellationToken);
        var markets = new Dictionary<string, OpenedMarket> { ["COINUSDT"] = new("COINUSDT", series, series.Instrument) };
        return await LookAheadSample.RunAsync(plan, markets, _ => new EmbeddedHost(2), TestContext.Current.CancellationToken);
    }

    // An honest crossing whose entries the next bar may veto: only an entry on the last bar before a cut shows it.
    private const string NextBarVeto = """
            [Strategy("Buys a crossing unless the next bar says otherwise; only for tests.")]
            public sealed class NextBarVeto : Strategy
            {
                private readonly Crossing _cross;
                private readonly Factor _fast, _slow, _next;
                private readonly string _by;

                public NextBarVeto(string by = "price")
                {
                    _by = by;
                    _fast = Use("sma", 10);
                    _slow = Use("sma", 30);
                    _cross = Cross(_fast, _slow);
                    _next = Use(by switch { "volume" => "test-next-volume", "time" => "test-next-gap", _ => "test-next-close" });
                }

                public override void OnBar(StrategyContext bar)
                {
                    var veto = _by switch
                    {
                        "volume" => bar[_next] < bar.Volume / 2,
                        "time" => bar[_next] > 1,
                        "exit" => false,
                        _ =>
                        bar[_next] < bar.Close
                    };
                    // Stays in a market that the next bar lifts.
                    var stay = _by == "exit" && bar[_next] > bar.Close;
                    if (_cross.At(bar) > 0 && !veto) bar.Enter(Side.Buy);
                    else if (bar[_fast] < bar[_slow] && !stay) bar.Exit();
                }
            }
            """;

    [Theory]
    [InlineData("price")]
    [InlineData("volume")]
    [InlineData("time")]
    [InlineData("exit")]
    public async Task A_veto_by_the_next_bar_is_found_by_the_sample_of_every_batch_whatever_its_seed(string by)
    {
        // In the middle of a sweep of honest strategies.
        var sweep = $$$"""
            { "class": "SmaCross", "params": { "fast": [5, 6, 7, 8, 9, 10, 11, 12], "slow": [20, 25, 30, 35, 40, 45, 50] } },
            { "class": "NextBarVeto", "params": { "by": "{{{by}}}" } },
            { "class": "EmaCross", "params": { "fast": [5, 6, 7, 8, 9, 10, 11, 12], "slow": [20, 25, 30, 35, 40, 45, 50] } }
            """;
        // A plug-in of its own: the check does not compare the exits of an assembly that also has strategies with orders of their own.
        CompiledPlugin.Write(Plugins, "NextBarVeto", NextBarVeto);
        var catalogues = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(TestCatalogues).Assembly)
            .AddService(new FutureCloses()).AddPlugins(Plugins).Build();
        for (var seed = 1; seed <= TestEffort.Of(2, 8); seed++)
        {
            var result = await SampleAsync(sweep, seed, catalogues);
            result.Found.Select(f => f.Strategy.Split('(')[0]).Distinct().ShouldBe(["NextBarVeto"], $"seed {seed}");
        }
    }

    [Fact]
    public async Task Every_strategy_of_the_library_passes_the_look_ahead_check()
    {
        var classes = StrategyCatalogue.BuiltIn.All.Where(d => d.Type.Assembly == typeof(Strategy).Assembly && !d.IsMultiSymbol
            && d.Parameters.All(p => p.Default is not null)).ToList();
        var strategies = string.Join(", ", classes.Select(d =>
            $$"""{ "class": "{{d.Name}}" }, { "class": "{{d.Name}}", "timeframe": "4h" }"""));
        var spec = Spec(strategies);
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", Timeframe.H1),
            TestContext.Current.CancellationToken);
        var markets = new Dictionary<string, OpenedMarket> { ["COINUSDT"] = new("COINUSDT", series, series.Instrument) };
        var result = await LookAheadCheck.RunAsync(new LookAheadSubject(plan, markets, new EmbeddedHost(2)),
            LookAheadEffort.OfCuts(int.MaxValue, 12), 5, TestContext.Current.CancellationToken);
        result.Strategies.ShouldBe(2 * classes.Count);
        result.Found.ShouldBeEmpty();
        result.FactorsFound.ShouldBeEmpty();
        result.Reaches.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_strategy_that_reads_the_file_of_the_bars_fails_the_validation_checks_and_verify()
    {
        var catalogues = CompiledPlugin.Load(Plugins, "Peeking", """
            public sealed class FileReader : Strategy
            {
                private readonly Dictionary<DateTime, double> _next = [];

                public FileReader(string file = "")
                {
                    if (file.Length == 0) return;
                    string[][] rows = [.. File.ReadLines(file).Skip(1).Select(l => l.Split(','))];
                    for (var i = 0; i + 1 < rows.Length; i++)
                        if (DateTime.TryParse(rows[i][0], System.Globalization.CultureInfo.InvariantCulture,
                            System.Globalization.DateTimeStyles.AdjustToUniversal, out var time))
                            _next[time] = double.Parse(rows[i + 1][4], System.Globalization.CultureInfo.InvariantCulture);
                }

                public override void OnBar(StrategyContext bar)
                {
                    if (_next.GetValueOrDefault(bar.Time) > bar.Close) bar.Go(Side.Buy);
                    else bar.Exit();
                }
            }
            """);
        var folder = Path.Combine(_folder, "run");
        var file = Directory.GetFiles(Data, "COINUSDT*").Single();
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec($$"""{ "class": "FileReader", "params": { "file": "{{file}}" } }, { "class": "SmaCross" }""", catalogues: catalogues),
                new BatchOptions { Out = folder });
        var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement;
        var check = results.GetProperty("evidence").GetProperty(ValidationChecks.Causality);
        check.GetProperty("state").GetString().ShouldBe("failed");
        check.GetProperty("sentence").GetString()!.ShouldContain("Peeking");
        check.GetProperty("sentence").GetString()!.ShouldContain("System.IO.File.ReadLines");

        var verified = await VerifyRun.RunAsync(folder, catalogues, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(int.MaxValue, 8), null,
            TestContext.Current.CancellationToken);
        verified.Passed.ShouldBeFalse();
        verified.LookAhead.Reaches.ShouldHaveSingleItem().ShouldBe(new CodeReach("Peeking", ReachKind.Files, "System.IO.File.ReadLines")
        {
            Class = "FileReader",
        });
    }

    [Fact]
    public async Task A_static_cache_is_named_by_the_sample_of_every_batch()
    {
        var result = await SampleAsync("""{ "class": "Caching" }""", 1, CompiledPlugin.Load(Plugins, "Caching", """
            public sealed class Caching : Strategy
            {
                private static readonly Dictionary<DateTime, double> s_closes = new();

                public override void OnBar(StrategyContext bar)
                {
                    lock (s_closes)
                    {
                        s_closes[bar.Time] = bar.Close;
                        if (s_closes.GetValueOrDefault(bar.Time.AddHours(1)) > bar.Close) bar.Go(Side.Buy);
                        else bar.Exit();
                    }
                }
            }
            """));
        result.Passed.ShouldBeFalse();
        result.Reaches.ShouldHaveSingleItem().ShouldBe(new CodeReach("Caching", ReachKind.SharedState, "Caching.s_closes"));
    }

    [Fact]
    public async Task Honest_code_is_not_accused()
    {
        var result = await SampleAsync("""{ "class": "Honest" }, { "class": "SmaCross" }""", 1, CompiledPlugin.Load(Plugins, "Honest", """
            public sealed class Honest : Strategy
            {
                private static readonly System.Collections.Immutable.ImmutableArray<double> s_weights = [0.5, 0.3, 0.2];
                private readonly List<double> _closes = [];
                private readonly Random _random = new(7);
                private readonly Helper _helper = new();

                public override void OnBar(StrategyContext bar)
                {
                    _closes.Add(bar.Close);
                    var mean = _closes.TakeLast(3).Reverse().Select((c, i) => c * s_weights[Math.Min(i, 2)]).Sum();
                    if (_helper.Next(mean) > 1 && bar.Time.DayOfWeek != DayOfWeek.Sunday && _random.NextDouble() < 0.5) bar.Go(Side.Buy);
                    else bar.Exit();
                }

                private sealed class Helper
                {
                    private double _last;

                    public double Next(double value) => _last = 0.9 * _last + 0.1 * value;
                }
            }
            """));
        result.Plugins.ShouldBe(1);
        result.Reaches.ShouldBeEmpty();
        result.Found.ShouldBeEmpty();
    }

    private string Plugins => Directory.CreateDirectory(Path.Combine(_folder, "plugins")).FullName;
}
