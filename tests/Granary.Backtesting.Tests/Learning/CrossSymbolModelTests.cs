using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Learning;

/// <summary>Models whose features read the closes of another symbol.</summary>
public sealed class CrossSymbolModelTests : IDisposable
{
    private const int Bars = 1_200;
    private const string Cross = "\"return-of(LEAD)\", \"beta(LEAD,10)\", \"excess-return(LEAD,5)[1]\"";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-cross-").FullName;

    public CrossSymbolModelTests() => LeadingMarket.Write(_folder, Bars);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Batch(string features = Cross, string learning = "", string strategies = "\"symbols\": [\"FOLLOW\"]",
        string more = "", string? data = null) =>
        new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "cross", "data": {{data ?? """{ "source": "csv:.", "symbols": ["FOLLOW", "LEAD"], "timeframe": "1h" }"""}},
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 4] }, "sides": "both", "size": { "cash": 1000 },
                {{strategies}} } ], "portfolio": { "weights": "equal" }{{more}},
              "learning": { "trainer": "logistic", "features": [{{features}}],
                "label": { "kind": "direction", "bars": 1 }, "apply": { "rule": "veto", "below": 0.45 }{{learning}} } }
            """), _folder);

    private static Task<BatchRun> RunAsync(BatchSpec spec, string folder, int threads = 2, int block = 1024) =>
        new BatchRunner(new EmbeddedHost(threads, block), TimeProvider.System)
            .RunAsync(spec, new BatchOptions { Out = folder, Validation = false },
                cancellationToken: TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_model_finds_what_its_own_market_does_not_say_and_the_version_names_the_other_symbol()
    {
        var learn = new LearnBatch(new EmbeddedHost(2), TimeProvider.System, 2);
        (await learn.TrainAsync(Batch("\"return(1)\", \"return(1)[1]\""))).Units.Single().OutOfSample["auc"].ShouldBeInRange(0.4, 0.62);
        var unit = (await learn.TrainAsync(Batch())).Units.Single();
        unit.Error.ShouldBeNull();
        unit.Data.ShouldBe("FOLLOW:1h");
        unit.OutOfSample["auc"].ShouldBeGreaterThan(0.85);
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(_folder, "models")), ModelKindCatalogue.BuiltIn);
        var lineage = registry.Versions(unit.Name).Last().Lineage;
        lineage.References.ShouldBe(["LEAD"]);
        lineage.Features.ShouldContain("return-of(LEAD)");
    }

    [Fact]
    public async Task Other_bars_of_the_other_symbol_change_nothing_before_them_and_something_after()
    {
        const int Changed = 900;
        const string Retrained = """, "walkForward": { "train": 200, "test": 100 }, "retrain": { "days": 5 } """;
        foreach (var (name, learning) in new[] { ("windows", ""), ("retrained", Retrained) })
        {
            LeadingMarket.Write(_folder, Bars);
            var spec = Batch(learning: learning, more: """, "outputs": ["results", "signals", "predictions"] """);
            var before = await RunAsync(spec, Path.Combine(_folder, name));
            before.Model.Strategies.ShouldAllBe(s => s.Model != null);
            foreach (var (threads, block) in new[] { (1, 4096), (3, 7) })
                (await RunAsync(spec, Path.Combine(_folder, $"{name}-{block}"), threads, block)).Model.Digest.ShouldBe(before.Model.Digest);

            LeadingMarket.Write(_folder, Bars, Changed);
            var after = await RunAsync(spec, Path.Combine(_folder, name + "-changed"));
            foreach (var (file, column) in new[] { ("signals.csv", "time"), ("predictions.csv", "label_time") })
            {
                var (old, changed) = (Until(before, file, column, Changed), Until(after, file, column, Changed));
                old.Early.Count.ShouldBeGreaterThan(50);
                changed.Early.SequenceEqual(old.Early).ShouldBeTrue($"{name}, {file}");
                changed.Late.SequenceEqual(old.Late).ShouldBeFalse($"{name}, {file}");
            }
        }
    }

    // The rows of a file up to an hour, and those after it.
    private static (List<string> Early, List<string> Late) Until(BatchRun run, string file, string column, int hour)
    {
        var lines = File.ReadAllLines(Path.Combine(run.Folder, file));
        var at = Array.IndexOf(lines[0].Split(','), column);
        at.ShouldBeGreaterThanOrEqualTo(0, lines[0]);
        bool IsEarly(string line) => DateTime.Parse(Fields(line)[at], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)
            < LeadingMarket.Start.AddHours(hour);
        // Samples of a training are predicted by the model that they have trained.
        var rows = lines.Skip(1).Where(l => !l.Contains(",train,", StringComparison.Ordinal)).ToList();
        return ([.. rows.Where(IsEarly)], [.. rows.Where(l => !IsEarly(l))]);

        // Ids hold commas within quotes.
        static List<string> Fields(string line)
        {
            var (fields, isQuoted) = (new List<string> { "" }, false);
            foreach (var c in line)
                if (c == '"') isQuoted = !isQuoted;
                else if (c == ',' && !isQuoted) fields.Add("");
                else fields[^1] += c;
            return fields;
        }
    }

    [Fact]
    public async Task The_look_ahead_check_finds_a_feature_that_reads_the_future_of_the_other_symbol_and_no_other()
    {
        var folder = Path.Combine(_folder, "leak");
        // A feature that reads the future is not learned.
        var run = await RunAsync(Batch(Cross + ", \"test-next-of(LEAD)/close\""), folder);
        run.Model.Section<LearningReport>()!.Units.Select(u => u.Error).Distinct().ShouldHaveSingleItem().ShouldNotBeNull()
            .ShouldContain("looks ahead");
        await RunAsync(Batch(Cross), folder + "-clean");
        var result = await VerifyRun.RunAsync(folder + "-clean", TestCatalogues.All, new EmbeddedHost(2), TimeProvider.System,
            LookAheadEffort.OfCuts(2, 4), null, TestContext.Current.CancellationToken);
        result.Expected.ShouldBe(result.Actual);
        result.LookAhead.FactorsFound.ShouldBeEmpty();
    }

    [Fact]
    public async Task Experiments_searches_and_walk_forwards_read_the_other_symbol_too()
    {
        var trial = (await new TrainerComparison(new EmbeddedHost(2), TimeProvider.System, 2)
            .RunAsync(Batch(learning: """, "experiment": { "trainers": ["naive-bayes"] } """))).Single();
        trial.Error.ShouldBeNull();

        var search = await new ModelSearch(new EmbeddedHost(2), TimeProvider.System, 2).RunAsync(Batch(learning: """
            , "experiment": { "search": { "trainers": ["naive-bayes"], "features": [["return(1)"], ["return(1)", "return-of(LEAD)"]],
                "apply": ["veto"], "budget": 100, "windows": 2 } }
            """), cancellationToken: TestContext.Current.CancellationToken);
        search.Units.Single().Error.ShouldBeNull();

        var (_, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Batch(more: """, "walkForward": { "inSample": "20d", "outOfSample": "10d" } """),
            new BatchOptions { Out = Path.Combine(_folder, "stitched"), Threads = 2, Validation = false }, null,
            TestContext.Current.CancellationToken);
        outcome.Portfolio.Counts[Engine.Portfolio.Rules.Decision.ModelRefused].ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("\"return-of(LEED)\"", "\"symbols\": [\"FOLLOW\"]", "", null,
        "batch.json, line 4, learning.features[0]: the feature 'return-of(LEED)' reads LEED, which is not among the data section's "
        + "symbols; did you mean 'LEAD'?")]
    [InlineData("\"return(1)\", \"return-of(LEAD)\"", "\"tag\": \"x\"", "", null,
        "batch.json, line 4, learning.features[1]: the feature 'return-of(LEAD)' reads LEAD, which is the market of "
        + "'SmaCross(fast=1,slow=2)@LEAD:1h#x' itself; name strategies of other markets in 'strategies', such as \"*@FOLLOW*\", or leave "
        + "the feature out")]
    [InlineData("\"return-of(LEAD)\"", "\"symbols\": [\"FOLLOW\"]", "",
        """
        { "parts": [ { "source": "csv:.", "symbols": ["FOLLOW"], "timeframe": "1h" },
          { "source": "csv:.", "symbols": ["LEAD"], "timeframe": "1d" } ] }
        """,
        "whose bars of 1d do not make up the 1h bars of 'SmaCross(fast=1,slow=2)@FOLLOW:1h'; name a part of the data with shorter bars of "
        + "LEAD, or strategies with longer ones")]
    [InlineData("\"return(1)\"", "\"symbols\": [\"FOLLOW\"]",
        """, "experiment": { "search": { "trainers": ["tree"], "features": [["return(1)"], ["return-of(LEED)"]] } } """, null,
        "learning.experiment.search.features[1][0]: the feature 'return-of(LEED)' reads LEED, which is not among")]
    public void What_cannot_be_read_is_one_sentence(string features, string strategies, string learning, string? data, string sentence)
    {
        var spec = Batch(features, learning, strategies, data: data);
        Should.Throw<InputException>(() => BatchPlan.Make(spec, ["FOLLOW", "LEAD"])).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_model_of_the_drawdown_reads_the_bars_of_the_entrys_market()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes("""
            { "data": { "source": "csv:.", "symbols": ["FOLLOW", "LEAD"], "timeframe": "1h" }, "strategies": [ { "class": "SmaCross" } ],
              "learning": { "trainer": "ridge", "label": "drawdown", "features": ["return-of(LEAD)"] } }
            """), _folder);
        Should.Throw<InputException>(() => BatchPlan.Make(spec, ["FOLLOW", "LEAD"])).Message.ShouldContain(
            "a model of the label drawdown reads the bars of the entry's market alone; leave the feature out");
    }
}
