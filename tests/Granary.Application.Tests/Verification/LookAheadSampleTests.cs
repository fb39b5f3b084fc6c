using System.Text;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Causality;
using Granary.Application.Causality.Reach;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Tests.Plugins;
using Granary.Application.Validation;
using Granary.Application.Verification;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Reporting.Runs;
using Granary.Testing;

namespace Granary.Application.Tests.Verification;

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

    private static async Task<CausalityResult> SampleAsync(string strategies, int seed, GranaryCatalogues? catalogues = null)
    {
        var spec = Spec(strategies, seed, catalogues);
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        await using var series = await BatchSources.Open(TestCatalogues.All.Sources, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", Timeframe.H1),
            TestContext.Current.CancellationToken);
        var markets = new Dictionary<string, OpenedMarket> { ["COINUSDT"] = new("COINUSDT", series, series.Instrument) };
        return await CausalitySample.RunAsync(plan, markets, _ => new EmbeddedHost(2), TestContext.Current.CancellationToken);
    }

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
        for (var seed = 1; seed <= 8; seed++)
        {
            var result = await SampleAsync(sweep, seed);
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
        await using var series = await BatchSources.Open(TestCatalogues.All.Sources, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", Timeframe.H1),
            TestContext.Current.CancellationToken);
        var markets = new Dictionary<string, OpenedMarket> { ["COINUSDT"] = new("COINUSDT", series, series.Instrument) };
        var result = await CausalityCheck.RunAsync(new LookAheadSubject(plan, markets, new EmbeddedHost(2)),
            LookAheadEffort.OfCuts(int.MaxValue, 12), 5, TestContext.Current.CancellationToken);
        result.Strategies.ShouldBe(2 * classes.Count);
        result.Found.ShouldBeEmpty();
        result.FactorsFound.ShouldBeEmpty();
        result.Reaches.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_strategy_that_reads_the_file_of_the_bars_fails_the_validation_checks_and_verify()
    {
        var folder = Path.Combine(_folder, "run");
        var file = Directory.GetFiles(Data, "COINUSDT*").Single();
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec($$"""{ "class": "FileReadingStrategy", "params": { "file": "{{file}}" } }, { "class": "SmaCross" }"""),
                new BatchOptions { Out = folder });
        var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement;
        var check = results.GetProperty("evidence").GetProperty(ValidationFindings.Causality);
        check.GetProperty("state").GetString().ShouldBe("failed");
        check.GetProperty("sentence").GetString()!.ShouldContain("FileReadingStrategy");
        check.GetProperty("sentence").GetString()!.ShouldContain("System.IO.File.ReadLines");

        var verified = await VerifyRun.RunAsync(folder, TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(int.MaxValue, 8), null,
            TestContext.Current.CancellationToken);
        verified.Passed.ShouldBeFalse();
        verified.Causality.Reaches.ShouldContain(r => r.Class == "FileReadingStrategy" && r.Kind == ReachKind.Files);
        verified.Causality.Reaches.ShouldAllBe(r => r.Class == "FileReadingStrategy");
    }

    [Fact]
    public async Task A_static_cache_is_named_by_the_sample_of_every_batch()
    {
        var result = await SampleAsync($$"""{ "class": "{{EmittedStaticTable.Class}}" }""", 1, Emitted(isCache: true));
        result.Passed.ShouldBeFalse();
        var reach = result.Reaches.ShouldHaveSingleItem();
        reach.Kind.ShouldBe(ReachKind.SharedState);
        reach.Member.ShouldBe($"{EmittedStaticTable.Class}.{EmittedStaticTable.Field}");
    }

    [Fact]
    public async Task A_static_table_that_is_only_read_is_not_accused()
    {
        var result = await SampleAsync($$"""{ "class": "{{EmittedStaticTable.Class}}" }""", 1, Emitted(isCache: false));
        result.Classes.ShouldBe(1);
        result.Reaches.ShouldBeEmpty();
        result.Found.ShouldBeEmpty();
    }

    private GranaryCatalogues Emitted(bool isCache)
    {
        EmittedStaticTable.Write(_folder, isCache);
        return GranaryCataloguesBuilder.CreateDefault().AddPlugins(_folder).Build();
    }

    [Fact]
    public async Task Honest_code_is_not_accused()
    {
        var result = await SampleAsync("""{ "class": "HonestCodeStrategy" }, { "class": "SmaCross" }""", 1);
        result.Classes.ShouldBe(1);
        result.Reaches.ShouldBeEmpty();
        result.Found.ShouldBeEmpty();
    }
}
