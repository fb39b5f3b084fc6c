using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Server.Tests.Experiments;

public sealed class ModelSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-search").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string symbol, double momentum, long seed, int bars = 1200, int mirrored = int.MaxValue) =>
        MomentumMarket.Write(_folder, symbol, momentum, seed, bars, mirrored);

    private const string Search =
        """
        { "trainers": ["naive-bayes", { "name": "logistic", "params": { "c": [0.01, 1, 100] } }, "tree"],
          "features": [["return(1)", "rsi(14)"], ["return(1)", "return(1)[1]", "sma(5)/close"]], "select": [0, 1],
          "apply": [{ "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 }, "veto"], "budget": 400 }
        """;

    private BatchSpec Batch(string search = Search, string fitness = "sortino", string registry = "models", string symbols = "\"*\"",
        string label = """{ "kind": "direction", "bars": 2 }""") =>
        new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(Text(search, fitness, registry, symbols, label)),
            _folder);

    private static string Text(string search, string fitness, string registry, string symbols, string label, string trainer = "logistic") =>
        $$"""
            { "name": "searched", "data": { "source": "csv:.", "symbols": {{symbols}}, "timeframe": "1h" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": 6 }, "sides": "both", "size": { "cash": 1000 } }],
              "execution": { "commissionPercent": 0.02 },
              "learning": { "trainer": "{{trainer}}", "label": {{label}}, "registry": "{{registry}}",
                "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 }, "features": ["return(1)", "rsi(14)"],
                "experiment": { "fitness": "{{fitness}}", "search": {{search}} } } }
            """;

    private static async Task<SearchReport> RunAsync(BatchSpec spec, int threads = 2, TrialLedger? ledger = null,
        IProgress<TrainingProgress>? progress = null) =>
        await new ModelSearch(new EmbeddedHost(threads), TimeProvider.System, threads, ledger).RunAsync(spec, progress: progress,
            cancellationToken: TestContext.Current.CancellationToken);

    private static string Table(SearchReport report) => JsonSerializer.Serialize(report with { Seconds = 0, Reused = 0 });

    [Theory]
    [InlineData("sortino")]
    [InlineData("log-loss")]
    public async Task The_table_is_the_same_on_one_thread_and_on_four(string fitness)
    {
        Write("MOM", 0.5, 3);
        Write("WALK", 0, 4);
        var one = await RunAsync(Batch(fitness: fitness, registry: "one"), 1);
        var four = await RunAsync(Batch(fitness: fitness, registry: "four"), 4);
        (one.Reused, four.Reused).ShouldBe((0, 0));
        Table(four).ShouldBe(Table(one));
        one.Fits.ShouldBeLessThanOrEqualTo(400);
        // The budget does not allow all 20 combinations, so the candidates are a draw.
        one.Units.ShouldAllBe(u => u.Possible == 20 && u.Candidates < 20 && u.Models.Count == u.Candidates);
        // Without the cache the fits are made again, with it none is.
        var again = await RunAsync(Batch(fitness: fitness, registry: "four"), 3);
        again.Reused.ShouldBe(again.Fits);
        Table(again).ShouldBe(Table(one));
    }

    [Fact]
    public async Task Another_process_makes_a_fit_only_where_its_bars_and_its_section_are_the_same()
    {
        Write("MOM", 0.5, 3);
        var token = TestContext.Current.CancellationToken;
        async Task<PreparedSearch> PrepareAsync(string label = """{ "kind": "direction", "bars": 2 }""") =>
            await PreparedSearch.OpenAsync(Batch(label: label), null, new EmbeddedHost(1), 1, keeps: false, token);
        await using var here = await PrepareAsync();
        await using var there = await PrepareAsync();
        foreach (var (search, inner) in new[] { (0, 0), (1, 2), (here.Work.Count - 1, -1) })
        {
            var trial = new FitItem(search, 1, inner, PreparedSearch.KeyOf(here.Work[search], 1, inner));
            var make = (await there.FindAsync(trial, token)).ShouldNotBeNull();
            JsonSerializer.Serialize((SearchFit)await make(token)).ShouldBe(JsonSerializer.Serialize(here.Make(trial, token)));
            (await there.FindAsync(trial with { Candidate = 0 }, token)).ShouldBeNull();
            (await there.FindAsync(trial with { Search = 1000 }, token)).ShouldBeNull();
            (await there.FindAsync(trial with { Inner = 1000 }, token)).ShouldBeNull();
        }
        var first = new FitItem(0, 1, 0, PreparedSearch.KeyOf(here.Work[0], 1, 0));
        await using var labelled = await PrepareAsync("""{ "kind": "direction", "bars": 3 }""");
        (await labelled.FindAsync(first, token)).ShouldBeNull();
        Write("MOM", 0.5, 4);
        await using var other = await PrepareAsync();
        (await other.FindAsync(first, token)).ShouldBeNull();
        Directory.Exists(Path.Combine(_folder, "models")).ShouldBeFalse("nothing is kept");
    }

    // The last bars have no label yet, so they are in no sample, but their signals are predicted.
    [Fact]
    public async Task A_fit_of_other_bars_is_never_reused_also_if_its_samples_are_the_same()
    {
        Write("MOM", 0.5, 3);
        var path = Path.Combine(_folder, "MOM.csv");
        var lines = File.ReadAllLines(path);
        async Task<(HashSet<string> Keys, string Samples)> PrepareAsync(BatchSpec batch)
        {
            await using var search = await PreparedSearch.OpenAsync(batch, null, new EmbeddedHost(1), 1, keeps: false,
                TestContext.Current.CancellationToken);
            var keys = search.Work.SelectMany(w => Enumerable.Range(0, w.Plan.Candidates.Count)
                .SelectMany(c => new[] { -1, 0 }.Select(inner => PreparedSearch.KeyOf(w, c, inner)))).ToHashSet();
            return (keys, string.Join(' ', search.Units.SelectMany(u => u.Tables.Select(t => t.Hash()))));
        }
        const string Ranges = """{ "trainers": "naive-bayes", "features": [["return(1)", "atr(3)"]], "budget": 400 }""";
        var all = await PrepareAsync(Batch(Ranges));
        (await PrepareAsync(Batch(Ranges))).Keys.ShouldBe(all.Keys, ignoreOrder: true);

        var cells = lines[^1].Split(',');
        cells[3] = "1";
        File.WriteAllLines(path, [.. lines[..^1], string.Join(',', cells)]);
        var revised = await PrepareAsync(Batch(Ranges));
        revised.Samples.ShouldBe(all.Samples, "only the bar after the last sample is another");
        revised.Keys.Overlaps(all.Keys).ShouldBeFalse();

        File.WriteAllLines(path, lines);
        var held = Text(Ranges, "sortino", "models", "\"*\"", """{ "kind": "direction", "bars": 2 }""")
            .Replace("\"timeframe\": \"1h\" }", "\"timeframe\": \"1h\", \"holdout\": \"2020-02-15\" }");
        var cut = await PrepareAsync(new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(held), _folder));
        cut.Keys.Count.ShouldBeGreaterThan(0);
        cut.Keys.Overlaps(all.Keys).ShouldBeFalse();
    }

    [Fact]
    public async Task A_choice_does_not_depend_on_the_window_that_it_is_judged_on_or_later_ones()
    {
        Write("MOM", 0.5, 3);
        var before = (await RunAsync(Batch(registry: "before"))).Units[0];
        var split = before.Windows[2].From;
        Write("MOM", 0.5, 3, mirrored: (int)(split - new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalHours);
        var after = (await RunAsync(Batch(registry: "after"))).Units[0];
        after.Windows.Count.ShouldBe(before.Windows.Count);
        // What is chosen for the third window is known when the third window begins.
        for (var w = 0; w <= 2; w++)
            after.Windows[w].ShouldBe(before.Windows[w] with { Signals = after.Windows[w].Signals });
        after.Windows[3].Inner.ShouldNotBe(before.Windows[3].Inner);
    }

    [Fact]
    public async Task A_search_of_one_model_and_rule_gives_what_the_comparison_gives()
    {
        Write("MOM", 0.5, 3);
        const string One = """{ "trainers": "logistic", "budget": 100 }""";
        var searched = (await RunAsync(Batch(One))).Units[0];
        var compared = (await new TrainerComparison(new EmbeddedHost(2), TimeProvider.System, 2).RunAsync(
            new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "searched", "data": { "source": "csv:.", "symbols": "*", "timeframe": "1h" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": 6 }, "sides": "both", "size": { "cash": 1000 } }],
              "execution": { "commissionPercent": 0.02 },
              "learning": { "label": { "kind": "direction", "bars": 2 }, "features": ["return(1)", "rsi(14)"],
                "experiment": { "trainers": "logistic", "fitness": "auc" } } }
            """), _folder), cancellationToken: TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        searched.Windows.ShouldAllBe(w => w.Model == "logistic" && w.Inner == null);
        searched.Prediction!.Figure!.Value.ShouldBe(compared.Figure!.Value, 1e-12);
        searched.Models.ShouldHaveSingleItem().Chosen.ShouldBe(searched.Windows.Count);
    }

    [Fact]
    public async Task A_market_with_a_rule_has_a_model_to_use_and_the_random_one_has_none()
    {
        Write("MOM", 0.6, 3, bars: 2400);
        Write("WALK", 0, 4, bars: 2400);
        const string Few = """{ "trainers": ["naive-bayes", "logistic"], "budget": 200 }""";
        var units = (await RunAsync(Batch(Few, "log-loss"))).Units;
        units.Select(u => u.Promoted).ShouldBe([true, false]);
        units[0].Settings!.Trainer.ShouldBeOneOf("naive-bayes", "logistic");
        units[0].Prediction!.PValue.ShouldBeLessThan(0.025);
        units[1].Reason.ShouldContain("may be chance");
        units[0].MeanReversion!.Trades.ShouldBeGreaterThan(5);
        units[0].MeanReversion!.With.ShouldBe(units[0].Worth[0].Worth.With);
    }

    [Fact]
    public async Task Over_markets_without_a_rule_wrong_promotions_stay_within_the_stated_rate()
    {
        const string Few = """{ "trainers": ["naive-bayes", "ridge"], "budget": 60, "windows": 1, "level": 0.05 }""";
        var markets = TestEffort.Of(30, 100);
        for (var seed = 0; seed < markets; seed++) Write($"W{seed:000}", 0, 1000 + seed, bars: 360);
        var promoted = 0;
        for (var seed = 0; seed < markets; seed++)
            promoted += (await RunAsync(Batch(Few, "auc", symbols: $"\"W{seed:000}\"", label: """{ "kind": "direction", "bars": 1 }""")))
                .Units.Count(u => u.Promoted);
        // At a rate of 5 % more than 5 of 30 are promoted with probability 0.3 %, and more than 11 of 100 with 0.4 %.
        promoted.ShouldBeLessThanOrEqualTo(TestEffort.Of(5, 11));

        // All markets in one experiment: the rate is of the whole.
        (await RunAsync(Batch("""{ "trainers": ["naive-bayes"], "budget": 4000, "windows": 1, "level": 0.05 }""", "sortino",
            label: """{ "kind": "direction", "bars": 1 }"""))).Units.ShouldAllBe(u => !u.Promoted);
    }

    [Fact]
    public async Task Every_trial_enters_the_ledger_once_and_a_later_backtest_counts_it()
    {
        Write("MOM", 0.5, 3);
        var ledger = new TrialLedger(Path.Combine(_folder, "trials"));
        var first = await RunAsync(Batch(), ledger: ledger);
        var unit = first.Units.ShouldHaveSingleItem();
        // Two strategies, each with all models and two rules.
        first.Trials.ShouldBe(2 * unit.Candidates * 2);
        first.NewTrials.ShouldBe(first.Trials);
        (await RunAsync(Batch(), ledger: ledger)).NewTrials.ShouldBe(0);

        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System, ledger: ledger).RunAsync(Batch() with { Learning = null },
            new BatchOptions { Out = Path.Combine(_folder, "run"), Threads = 2 });
        var checks = run.Model.Section<ValidationFigures>()!;
        checks.Trials.ShouldBe(first.Trials + 2);
        checks.NewTrials.ShouldBe(2);
    }

    [Fact]
    public async Task The_best_models_so_far_are_shown_while_the_search_runs()
    {
        Write("MOM", 0.5, 3);
        var shown = new Shown();
        var report = await RunAsync(Batch(), progress: shown);
        // After the rungs with 1, 2 and 4 windows.
        shown.Boards.Count.ShouldBe(3);
        shown.Boards.ShouldAllBe(b => b.Count > 0 && b.All(l => l.Id.StartsWith("MOM:1h: ", StringComparison.Ordinal) && l.Trades > 0));
        var names = report.Units[0].Models.Select(m => $"MOM:1h: {m.Model}, ").ToList();
        shown.Boards[^1].ShouldAllBe(l => names.Any(n => l.Id.StartsWith(n, StringComparison.Ordinal)));
        shown.Last.Done.ShouldBe(report.Fits);
        shown.Last.Total.ShouldBeInRange(report.Fits, 400);
    }

    [Fact]
    public async Task A_job_shows_the_best_models_in_its_progress_and_writes_the_table()
    {
        Write("MOM", 0.5, 3);
        var batch = Text(Search, "sortino", "job", "\"*\"", """{ "kind": "direction", "bars": 2 }""");
        var job = KnownJobs.Of(TestCatalogues.All, "runs").Read(new JobText("experiment",
            Encoding.UTF8.GetBytes($$"""{ "kind": "experiment", "batch": {{batch}} }"""), "job.json", _folder));
        var shown = new ConcurrentQueue<JobProgress>();
        await job.RunAsync(new JobContext
        {
            Host = new EmbeddedHost(2),
            Clock = TimeProvider.System,
            Threads = 2,
            Folder = Directory.CreateDirectory(Path.Combine(_folder, "result")).FullName,
            Runs = _folder,
            Progress = shown.Enqueue,
        }, TestContext.Current.CancellationToken);
        shown.Last().Leaders.ShouldNotBeNull().ShouldNotBeEmpty();
        shown.Last().Stage.ShouldNotBeNull().ShouldContain("MOM:1h");
        var table = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "result", "result.json"),
            TestContext.Current.CancellationToken)).RootElement.GetProperty("units")[0];
        table.GetProperty("worth")[0].GetProperty("rule").GetString().ShouldBe("chosen");
        table.GetProperty("settings").GetProperty("apply").GetProperty("rule").GetString().ShouldBeOneOf("gate", "veto");
    }

    private sealed class Shown : IProgress<TrainingProgress>
    {
        public List<IReadOnlyList<StrategyLeader>> Boards { get; } = [];

        public TrainingProgress Last { get; private set; }

        public void Report(TrainingProgress value)
        {
            Last = value;
            if (value.Leaders is { } leaders && (Boards.Count == 0 || !ReferenceEquals(Boards[^1], leaders))) Boards.Add(leaders);
        }
    }

    [Theory]
    [InlineData("auc")]
    [InlineData("precision")]
    [InlineData("expectancy")]
    [InlineData("sharpe")]
    public async Task Each_fitness_ranks_the_finalists(string fitness)
    {
        Write("MOM", 0.5, 3);
        var unit = (await RunAsync(Batch(fitness: fitness))).Units[0];
        unit.Fitness.ShouldBe(fitness);
        // Where one model reached the last rung of all windows, its figure is the mean over the same windows as that of others like it.
        foreach (var chosen in unit.Windows) chosen.Inner.ShouldNotBeNull();
        unit.Models.Sum(m => m.Chosen).ShouldBe(unit.Windows.Count);
        unit.Worth[0].Worth.Fitness.ShouldBe(fitness is "auc" or "precision" ? "sortino" : fitness);
        unit.Worth.Select(w => w.Rule).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_model_that_cannot_be_fitted_loses_and_its_reason_is_shown()
    {
        Write("MOM", 0.5, 3);
        var unit = (await RunAsync(Batch("""{ "trainers": ["logistic", { "name": "lstm", "params": { "rows": 256 } }], "budget": 100 }""",
            "auc", label: "\"trade\""))).Units;
        unit.Count.ShouldBe(2);
        foreach (var strategy in unit)
        {
            strategy.Models.Single(m => m.Model.StartsWith("lstm", StringComparison.Ordinal)).Error.ShouldNotBeNull();
            strategy.Windows.ShouldAllBe(w => w.Model == "logistic");
        }
    }

    [Theory]
    [InlineData("""{ "budget": 3 }""", "sortino", "a budget of 3 fits is not enough")]
    [InlineData("""{ "apply": "stop" }""", "sortino", "a search compares rules that choose among the same trades")]
    [InlineData("""{ "trainers": "arima" }""", "sortino", "arima reads past labels and no features")]
    [InlineData("""{ "trainers": { "name": "tree", "params": { "depth": [1, 2] } } }""", "sortino", "tree has no parameter 'depth'")]
    [InlineData("""{ "trials": 3 }""", "sortino", "there is no key 'trials'")]
    [InlineData("""{ "apply": "minimum-return" }""", "sortino", "cannot use a model of the label direction(2)")]
    public async Task A_wrong_search_is_answered_with_file_line_and_remedy(string search, string fitness, string why)
    {
        Write("MOM", 0.5, 3);
        var fault = await Should.ThrowAsync<InputException>(() => RunAsync(Batch(search, fitness)));
        fault.Message.ShouldContain(why);
        fault.Message.ShouldStartWith("batch.json, line");
    }
}
