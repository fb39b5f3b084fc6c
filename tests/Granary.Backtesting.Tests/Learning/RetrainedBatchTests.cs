using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Learning;

/// <summary>Models that are trained again while a portfolio is simulated.</summary>
public sealed class RetrainedBatchTests : IDisposable
{
    private static readonly DateTime s_start = new(2022, 1, 3, 0, 0, 0, DateTimeKind.Utc);
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-retrain").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Moves go on with one probability until the flip, and with another after it.
    private string Market(long seed, int count, double before, int flip, double after, Action<int, double[]>? change = null)
    {
        var random = new PortableRandom(seed);
        var (price, direction, lines) = (100.0, 1, new List<string> { "time,open,high,low,close,volume" });
        for (var i = 0; i < count; i++)
        {
            if (random.NextDouble() > (i < flip ? before : after)) direction = -direction;
            var open = price;
            price = Math.Round(open * Math.Exp(direction * 0.003 * (0.5 + random.NextDouble())), 4);
            double[] bar = [open, Math.Max(open, price), Math.Min(open, price), price];
            change?.Invoke(i, bar);
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{s_start.AddHours(i):yyyy-MM-ddTHH:mm:ssZ},{bar[0]},{bar[1]},{bar[2]},{bar[3]},1000"));
        }
        var data = Path.Combine(_folder, $"data-{seed}{(change is null ? "" : "-changed")}");
        Directory.CreateDirectory(data);
        File.WriteAllLines(Path.Combine(data, "FLIP.csv"), lines);
        return data;
    }

    private BatchSpec Batch(string data, string learning, string slow = "[2, 3]") => new BatchReader(TestCatalogues.All).Read(
        "batch.json", Encoding.UTF8.GetBytes($$"""
            { "name": "retrained", "data": { "source": "csv:{{data}}", "symbols": ["FLIP"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": {{slow}} }, "sides": "both",
                "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" }, "outputs": "all",
              "learning": {{learning}} }
            """), _folder);

    private static string Section(string retrain, string label = "\"trade\"", string more = "") => $$"""
        { "trainer": "logistic", "features": ["return(1)", "volatility(20)"], "label": {{label}},
          "apply": { "rule": "veto", "below": 0.5 }, "walkForward": { "window": "rolling", "train": 100, "test": 40 }{{more}},
          "retrain": {{retrain}} }
        """;

    private Task<BatchRun> RunAsync(BatchSpec batch, string name, int threads = 2) =>
        new BatchRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(batch,
            new BatchOptions { Out = Path.Combine(_folder, name), Threads = threads, Validation = false });

    private static List<Dictionary<string, string>> Rows(BatchRun run, string file, string? strategy = null) =>
        [.. CsvRows.Of(Path.Combine(run.Folder, file)).Where(r => strategy is null || r["strategy"] == strategy)];

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private sealed record Judged(DateTime Known, int Version, string Prediction, string Size, string Outcome);

    private static List<Judged> Signals(BatchRun run, string strategy) => [.. Rows(run, "signals.csv", strategy).Select(r =>
        new Judged(Time(r["time"]).AddHours(1), r["model_version"] is { Length: > 0 } v ? int.Parse(v) : 0,
            r["prediction"], r["model_size"], r["outcome"]))];

    [Fact]
    public async Task A_training_learns_what_was_known_and_its_version_acts_when_it_is_there()
    {
        var data = Market(1, 3000, 0.7, 1500, 0.3);
        var run = await RunAsync(Batch(data, Section("""{ "trades": 30, "lateness": "12h", "challenger": true }""")), "one");
        var results = run.Model.Section<ModelResults>().ShouldNotBeNull();
        foreach (var strategy in run.Model.Strategies)
        {
            var trainings = results.Actions.Where(a => a.Strategy == strategy.Id && a.Training is not null).ToList();
            trainings.DistinctBy(a => a.Training!.Trained).Count().ShouldBeGreaterThan(10);
            trainings[0].Action.ShouldBe("promoted");
            trainings.ShouldContain(a => a.Action == "rejected");
            trainings.Count(a => a.Action == "promoted").ShouldBeGreaterThan(1);
            foreach (var training in trainings)
            {
                training.Training!.TrainTo!.Value.ShouldBeLessThanOrEqualTo(training.Time);
                training.Training.Ready.ShouldBe(training.Time.AddHours(12));
                if (training is { Action: "promoted", Training.PValue: { } p }) p.ShouldBeLessThanOrEqualTo(0.025);
            }
            // Thirty trades of the strategy's own account were closed between two trainings.
            var exits = Rows(run, "trades.csv", strategy.Id).Where(r => r["exit_reason"] != "open")
                .Select(r => Time(r["exit_time"]).AddHours(1)).Order().ToList();
            var times = trainings.Select(a => a.Time).Distinct().ToList();
            foreach (var (from, to) in times.Zip(times.Skip(1))) exits.Count(e => e > from && e <= to).ShouldBeInRange(30, 31);
            // The version in force at each signal is the one that was promoted last and was there.
            var promoted = trainings.Where(a => a.Action == "promoted").ToList();
            foreach (var signal in Signals(run, strategy.Id))
                signal.Version.ShouldBe(promoted.LastOrDefault(a => a.Training!.Ready <= signal.Known)?.Version ?? 0);
        }
        results.Versions.Sum(v => v.Signals).ShouldBe(run.Model.Strategies.Sum(s => Signals(run, s.Id).Count(x => x.Version > 0)));
        results.Challengers.ShouldAllBe(c => c.Trades > 20 && c.Error != null && c.PValue != null);
        Rows(run, ModelTables.Challengers + ".csv").Count.ShouldBe(results.Challengers.Sum(c => c.Trades));

        var again = await RunAsync(Batch(data, Section("""{ "trades": 30, "lateness": "12h", "challenger": true }""")), "again",
            threads: 1);
        again.Model.Digest.ShouldBe(run.Model.Digest);
        foreach (var file in new[] { ModelTables.Log + ".csv", ModelTables.Decisions + ".csv", ModelTables.Challengers + ".csv", "signals.csv" })
            File.ReadAllText(Path.Combine(again.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(run.Folder, file)), file);
    }

    [Theory]
    [InlineData("\"trade\"", """{ "trades": 30, "challenger": true, "expire": { "trades": 50 } }""")]
    [InlineData("{ \"kind\": \"direction\", \"bars\": 3 }", """{ "days": 6, "lateness": "1d", "expire": { "bars": 400 } }""")]
    public async Task Changed_bars_of_the_future_change_no_earlier_decision(string label, string retrain)
    {
        const int Change = 2000;
        var plain = await RunAsync(Batch(Market(2, 3000, 0.7, 1200, 0.3), Section(retrain, label)), "plain");
        var other = new PortableRandom(77);
        var changed = await RunAsync(Batch(Market(2, 3000, 0.7, 1200, 0.3, (i, bar) =>
        {
            if (i < Change) return;
            var factor = Math.Exp(0.2 * other.NextGaussian());
            for (var k = 0; k < 4; k++) bar[k] = Math.Round(bar[k] * factor, 4);
        }), Section(retrain, label)), "changed");
        var time = s_start.AddHours(Change);
        var log = new[] { plain, changed }.Select(r => r.Model.Section<ModelResults>()!.Actions.Where(a => a.Time <= time).ToList())
            .ToList();
        log[0].Count.ShouldBeGreaterThan(8);
        log[1].ShouldBe(log[0]);
        foreach (var strategy in plain.Model.Strategies)
        {
            var signals = new[] { plain, changed }.Select(r => Signals(r, strategy.Id).Where(s => s.Known <= time)
                .Select(s => s with { Outcome = "" }).ToList()).ToList();
            signals[0].Count(s => s.Version > 1).ShouldBeGreaterThan(20);
            signals[1].ShouldBe(signals[0]);
        }
        changed.Model.Digest.ShouldNotBe(plain.Model.Digest);
    }

    [Theory]
    [InlineData("{ \"bars\": 90 }", 90.0)]
    [InlineData("{ \"days\": 4 }", 96.0)]
    [InlineData("{ \"trades\": 25 }", null)]
    public async Task An_expired_version_admits_no_entries(string expire, double? hours)
    {
        var run = await RunAsync(Batch(Market(3, 2500, 0.6, 2500, 0.6), Section($$"""{ "days": 14, "expire": {{expire}} }""")), "expiring");
        var results = run.Model.Section<ModelResults>().ShouldNotBeNull();
        foreach (var strategy in run.Model.Strategies)
        {
            var versions = results.Versions.Where(v => v.Strategy == strategy.Id).ToList();
            versions.Count.ShouldBeGreaterThan(1);
            var expired = versions.Where(v => v.Expired is not null).ToList();
            expired.ShouldNotBeEmpty();
            foreach (var v in expired)
            {
                if (hours is { } age) (v.Expired!.Value - v.From).TotalHours.ShouldBe(age);
                var late = Signals(run, strategy.Id).Where(s => s.Version == v.Version && s.Known >= v.Expired).ToList();
                late.ShouldAllBe(s => s.Size == "0");
                v.Refused.ShouldBe(late.Count);
            }
            results.Strategies.Single(s => s.Strategy == strategy.Id).Changes.Single(v => v.Change == EntryChange.Expired).Entries
                .ShouldBe(versions.Sum(v => v.Refused));
            results.Actions.Count(a => a.Strategy == strategy.Id && a.Action == "expired").ShouldBe(expired.Count);
        }
        results.Versions.Sum(v => v.Refused).ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("""{ }""", "give one of 'trades' and 'days'")]
    [InlineData("""{ "trades": 5, "days": 5 }""", "give one of 'trades' and 'days'")]
    [InlineData("""{ "days": 5, "expire": { } }""", "give 'bars', 'trades' or 'days'")]
    [InlineData("""{ "days": 5, "lateness": "soon" }""", "is not a span of hours, days or weeks")]
    public void A_wrong_rule_is_a_sentence(string retrain, string expected) =>
        Should.Throw<InputException>(() => LearningReader.Read(Batch(_folder, Section(retrain)))).Message.ShouldContain(expected);

    [Fact]
    public void Numbers_of_trades_cannot_time_a_model_that_moves_stops() => Should.Throw<InputException>(() => LearningReader.Read(
        Batch(_folder, Section("""{ "trades": 30 }""", "\"volatility\"").Replace("\"veto\", \"below\": 0.5", "\"stop\"",
            StringComparison.Ordinal)))).Message.ShouldContain("use 'days'");

    [Fact]
    public async Task When_the_rule_of_a_market_flips_retraining_loses_less_on_each_seed()
    {
        const int Flip = 1500;
        var ratios = new List<double>();
        // Retraining that does nothing would lose less on all of six with a probability of 1.6 %, and on all of twenty with 10⁻⁶.
        var seeds = TestEffort.Of(6, 20);
        for (var seed = 100; seed < 100 + seeds; seed++)
        {
            var data = Market(seed, 3000, 0.7, Flip, 0.3);
            async Task<double> LossAsync(string retrain, string more)
            {
                var run = await RunAsync(Batch(data, Section(retrain, more: more), "2"), $"flip-{seed}-{more.Length}");
                var (trades, signals) = (Rows(run, "trades.csv"), Rows(run, "signals.csv"));
                trades.Count.ShouldBe(signals.Count(r => r["entry_time"].Length > 0));
                return -trades.Zip(signals.Where(r => r["entry_time"].Length > 0))
                    .Where(p => Time(p.Second["time"]) >= s_start.AddHours(Flip))
                    .Sum(p => double.Parse(p.First["return"], CultureInfo.InvariantCulture)
                        * (p.Second["model_size"] is { Length: > 0 } size ? double.Parse(size, CultureInfo.InvariantCulture) : 1));
            }
            var without = await LossAsync("""{ "days": 10000 }""", "");
            var with = await LossAsync("""{ "trades": 30, "challenger": true }""", """, "watch": "adwin" """);
            without.ShouldBeGreaterThan(0);
            with.ShouldBeLessThan(without, $"seed {seed}");
            ratios.Add(with / without);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{ratios.Order().ElementAt(seeds / 2):0.00}, {ratios.Max():0.00}");
        ratios.Order().ElementAt(seeds / 2).ShouldBeLessThan(0.5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_a_market_without_a_rule_trainings_promote_at_their_error_rate_at_most(bool challenger)
    {
        var (trainings, promoted) = (0, 0);
        var seeds = TestEffort.Of(3, 20);
        for (var seed = 200; seed < 200 + seeds; seed++)
        {
            var run = await RunAsync(Batch(Market(seed, 4000, 0.5, 0, 0.5), Section($$"""{ "days": 5, "challenger": {{(challenger
                ? "true" : "false")}} }""", """{ "kind": "direction", "bars": 1 }"""), "2"), $"none-{seed}");
            var log = run.Model.Section<ModelResults>()!.Actions.Where(a => a.Training is { Incumbent: > 0 }).ToList();
            trainings += log.DistinctBy(a => a.Time).Count();
            promoted += log.Count(a => a.Action == "promoted");
        }
        trainings.ShouldBeGreaterThan(25 * seeds);
        TestContext.Current.TestOutputHelper?.WriteLine($"{promoted} of {trainings}");
        // Three deviations of a binomial count: 11.9 % of some 90 trainings of three seeds, 7.6 % of 620 of twenty.
        (promoted / (double)trainings).ShouldBeLessThan(0.05 + 3 * Math.Sqrt(0.05 * 0.95 / trainings));
    }

    [Fact]
    public async Task Over_longer_data_only_new_trainings_are_made_and_a_version_is_registered_if_one_was_promoted()
    {
        var learn = new LearnBatch(new EmbeddedHost(2), TimeProvider.System, 2);
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(_folder, "models")), ModelKindCatalogue.BuiltIn);
        var (known, versions, numbers) = (0, 0, new List<int>());
        foreach (var count in new[] { 1400, 1500, 3000 })
        {
            var batch = Batch(Market(5, count, 0.7, 1500, 0.3), Section("""{ "days": 6 }""", "{ \"kind\": \"direction\", \"bars\": 1 }"),
                "2");
            var unit = (await learn.TrainAsync(batch)).Units.Single();
            unit.Windows.Count(w => w.Reused).ShouldBe(known);
            unit.Windows.Count.ShouldBeGreaterThan(known);
            known = unit.Windows.Count;
            var promoted = (await RunAsync(batch, $"run-{count}")).Model.Section<ModelResults>()!.Versions;
            if (promoted.Count > versions) numbers.Add(registry.Pointer(unit.Name).Current);
            versions = promoted.Count;
            registry.Numbers(unit.Name).Count.ShouldBe(numbers.Count);
            // The row of the model has the figures of the version that it names, as the list of versions has.
            var lineage = registry.Load(unit.Name).Version.Lineage;
            (lineage.To, unit.LearnedTo).ShouldBe((promoted[^1].TrainTo, promoted[^1].TrainTo));
            unit.InSample["auc"].ShouldBe(lineage.InSample["auc"]);
            unit.TrainTestGap!.Value.ShouldBe(unit.InSample["auc"] - unit.OutOfSample["auc"]);
            if (promoted.Count == known) lineage.TrainTestGap.ShouldBe(unit.TrainTestGap);
        }
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count));
        numbers.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_run_is_replayed_with_the_versions_that_were_in_force_without_training()
    {
        var data = Market(4, 2500, 0.7, 1200, 0.3);
        BatchSpec Learned() => Batch(data, Section("""{ "trades": 30, "lateness": "6h", "challenger": true, "expire": { "bars": 300 } }""",
            more: """, "watch": "adwin", "abstain": true """));
        var run = await RunAsync(Learned(), "first");
        Directory.Delete(Path.Combine(_folder, "models"), recursive: true);
        var runner = new BatchRunner(new EmbeddedHost(2), TimeProvider.System);
        var options = new BatchOptions { Validation = false, ModelsOf = run.Folder };
        var replay = await runner.RunAsync(Learned(), options with { Out = Path.Combine(_folder, "replay") });
        replay.Model.Digest.ShouldBe(run.Model.Digest);
        foreach (var file in new[] { ModelTables.Log + ".csv", ModelTables.Decisions + ".csv", ModelTables.Challengers + ".csv", "signals.csv", "trades.csv",
            "portfolio_trades.csv" })
            File.ReadAllText(Path.Combine(replay.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(run.Folder, file)), file);
        File.ReadAllBytes(Path.Combine(replay.Folder, ModelArchive.Name))
            .ShouldBe(File.ReadAllBytes(Path.Combine(run.Folder, ModelArchive.Name)));
        Directory.Exists(Path.Combine(_folder, "models")).ShouldBeFalse();
        File.Exists(Path.Combine(replay.Folder, "prod.json")).ShouldBeFalse();

        // Without retraining other versions are in force.
        var plain = await RunAsync(Batch(data, Section("""{ "days": 10000 }""")), "plain");
        plain.Model.Digest.ShouldNotBe(run.Model.Digest);
        var other = await Should.ThrowAsync<InputException>(() => runner.RunAsync(Batch(data, Section("""{ "days": 9 }"""), "7"),
            options with { Out = Path.Combine(_folder, "other") }));
        other.Message.ShouldContain("which the batch does not run");
        File.WriteAllText(Path.Combine(run.Folder, ModelArchive.Name), "no archive");
        (await Should.ThrowAsync<InputException>(() => runner.RunAsync(Learned(), options with { Out = Path.Combine(_folder, "torn") })))
            .Message.ShouldContain("it is damaged");
    }
}
