using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Learning;

public sealed class LearnBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-train").FullName;

    public LearnBatchTests()
    {
        foreach (var (symbol, momentum, seed) in new[] { ("MOM", 0.5, 3L), ("WALK", 0.0, 4L) })
        {
            var text = new StringBuilder("time,open,high,low,close,volume\n");
            var random = new PortableRandom(seed);
            var (price, last) = (100.0, 0.0);
            for (var i = 0; i < 1600; i++)
            {
                var open = price;
                last = momentum * last + 0.01 * random.NextGaussian();
                price = Math.Round(open * Math.Exp(last), 4);
                var (high, low) = (Math.Max(open, price), Math.Min(open, price));
                text.Append(new DateTime(2020, 1, 1).AddHours(i).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
                    .Append(',').Append(open).Append(',').Append(high).Append(',').Append(low).Append(',').Append(price).Append(",1000\n");
            }
            File.WriteAllText(Path.Combine(_folder, symbol + ".csv"), text.ToString());
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Batch(string learning,
        string strategies =
            """{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": 6 }, "sides": "both", "size": { "cash": 1000 } }""",
        string symbols = "\"MOM\", \"WALK\"", string extra = "")
    {
        var text = $$"""
            { "name": "learned", "data": { "source": "csv:.", "symbols": [{{symbols}}], "timeframe": "1h" },
              "strategies": [{{strategies}}], "portfolio": { "weights": "equal" }{{extra}},
              "learning": {{learning}} }
            """;
        return new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(text), _folder);
    }

    private static LearnBatch Learn(int threads = 2) => new(new EmbeddedHost(threads), TimeProvider.System, threads);

    private static TrainerComparison Compare(int threads = 2) => new(new EmbeddedHost(threads), TimeProvider.System, threads);

    private const string Direction =
        """
            { "trainer": "logistic", "label": { "kind": "direction", "bars": 3 }, "apply": { "rule": "gate", "buyAbove": 0.5,
              "sellBelow": 0.5 } }
            """;

    [Fact]
    public async Task Training_adds_a_version_for_each_market_with_its_lineage_and_training_again_adds_none()
    {
        var report = await Learn().TrainAsync(Batch(Direction));
        report.Problems.ShouldBeEmpty();
        report.Units.Select(u => u.Data).ShouldBe(["MOM:1h", "WALK:1h"]);
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(_folder, "models")), ModelKindCatalogue.BuiltIn);
        registry.Models().Count.ShouldBe(2);
        var (model, version) = registry.Load(report.Units[0].Name);
        version.Number.ShouldBe(1);
        version.Lineage.OutOfSample["auc"].ShouldBe(report.Units[0].OutOfSample["auc"]);
        version.Lineage.TrainTestGap.ShouldBe(report.Units[0].TrainTestGap);
        model.Trainer.ShouldBe("logistic");
        // Momentum is there in the one market and not in the other.
        report.Units[0].OutOfSample["auc"].ShouldBeGreaterThan(0.58);
        report.Units[1].OutOfSample["auc"].ShouldBeInRange(0.4, 0.6);

        var again = await Learn(1).TrainAsync(Batch(Direction));
        again.Units[0].Windows.ShouldNotBeEmpty();
        again.Units[0].Windows.ShouldAllBe(w => w.Reused);
        again.ToJson().Replace("\"reused\":true", "\"reused\":false", StringComparison.Ordinal).ShouldBe(report.ToJson());
        registry.Versions(report.Units[0].Name).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Every_window_trains_on_what_was_known_before_its_test()
    {
        var report = await Learn().TrainAsync(
            Batch("""
                { "trainer": "ridge", "label": "return", "apply": { "rule": "minimum-return" }, "walkForward": { "window": "rolling",
                  "train": 300, "test": 200 } }
                """));
        foreach (var unit in report.Units)
        {
            unit.Windows.Count.ShouldBeGreaterThan(5);
            foreach (var w in unit.Windows) w.TrainTo.ShouldBeLessThanOrEqualTo(w.TestFrom);
            unit.Windows.Zip(unit.Windows.Skip(1))
                .ShouldAllBe(p => p.First.TestTo >= p.Second.TestFrom && p.First.TestFrom < p.Second.TestFrom);
        }
    }

    [Fact]
    public async Task Evaluation_counts_the_same_trades_with_the_model_and_without()
    {
        var report = await Learn().EvaluateAsync(Batch(Direction));
        var effects = report.Units[0].Strategies;
        effects.Count.ShouldBe(2);
        foreach (var e in effects)
        {
            e.Trades.ShouldBeGreaterThan(20);
            e.Taken.ShouldBeLessThan(e.Trades);
        }
        var last = report.Units[0].Equity[^1];
        last.With.ShouldBe(effects.Sum(e => e.ReturnWith), 1e-9);
        last.Without.ShouldBe(effects.Sum(e => e.ReturnWithout), 1e-9);
        report.Units[0].Calibration.Sum(b => b.Count).ShouldBe((int)report.Units[0].OutOfSample["samples"]);
        (await Learn(1).EvaluateAsync(Batch(Direction))).ToJson().Replace("\"reused\":true", "\"reused\":false", StringComparison.Ordinal)
            .ShouldBe(report.ToJson().Replace("\"reused\":true", "\"reused\":false", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_outcome_of_a_strategys_own_trades_is_learned_strategy_by_strategy()
    {
        var report = await Learn().EvaluateAsync(
            Batch("""
                { "trainer": "logistic", "label": "trade", "strategies": ["SmaCross(fast=2*"], "walkForward": { "train": 40, "test": 20 } }
                """));
        report.Units.Count.ShouldBe(2);
        report.Units.ShouldAllBe(u => u.Data.StartsWith("SmaCross(fast=2,slow=6)@") && u.Error == null);
        report.Units[0].Importance.ShouldContain(i => i.Feature == "side");
    }

    [Fact]
    public async Task A_predicted_volatility_moves_stops_and_is_judged_beside_a_run_without_it()
    {
        var report = await Learn().EvaluateAsync(
            Batch("""{ "trainer": "ridge", "label": "volatility", "apply": { "rule": "stop", "multiple": 1.5, "bars": 2 } }"""));
        report.Problems.ShouldBeEmpty();
        var effect = report.Units[0].Strategies[0];
        effect.ReturnWith.ShouldNotBe(effect.ReturnWithout);
    }

    [Fact]
    public async Task A_strategy_whose_model_cannot_be_made_goes_on_without_it_and_the_report_says_so()
    {
        var spec = Batch("""{ "trainer": "logistic", "label": "trade" }""", """{ "class": "BuyAndHold", "size": { "cash": 1000 } }""",
            "\"MOM\"");
        var report = await Learn().TrainAsync(spec);
        report.Units[0].Error!.ShouldContain("closed no trade");
        report.Problems[0].ShouldContain("goes on without a model");
        var run = await Run(spec);
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("goes on without a model"));
        run.Model.Strategies[0].Error.ShouldBeNull();
        run.Model.Strategies[0].Model.ShouldBeNull();
    }

    private async Task<BatchRun> Run(BatchSpec spec, int threads = 2, string name = "run") =>
        await new BatchRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "runs", name), Threads = threads });

    [Fact]
    public async Task A_backtest_asks_the_models_and_its_digest_does_not_depend_on_the_threads()
    {
        var one = await Run(Batch(Direction), 1, "one");
        var two = await Run(Batch(Direction), 3, "two");
        two.Model.Digest.ShouldBe(one.Model.Digest);
        one.Model.Decisions[Engine.Portfolio.Rules.Decision.ModelRefused].ShouldBeGreaterThan(20);
        one.Model.Strategies[0].Model.ShouldBe("learned-" + ModelRegistry.NameFor("MOM:1h") + ":1");
        var learning = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(one.Folder, "learning.json"))).RootElement;
        learning.GetProperty("units")[0].GetProperty("strategies")[0].GetProperty("trades").GetInt32().ShouldBeGreaterThan(20);

        // What evaluation counts is what the backtest did.
        var evaluated = await Learn().EvaluateAsync(Batch(Direction));
        learning.GetProperty("units")[0].GetProperty("strategies")[0].GetProperty("returnWith").GetDouble()
            .ShouldBe(evaluated.Units[0].Strategies[0].ReturnWith, 1e-12);
    }

    [Fact]
    public async Task What_prod_json_says_of_a_model_is_enough_to_ask_it_live()
    {
        var run = await Run(Batch(Direction));
        var prod = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run.Folder, "prod.json"))).RootElement;
        var name = prod.GetProperty("strategies")[0].GetProperty("model").GetString()!;
        var filter = ModelReference.Parse(prod.GetProperty("models").GetRawText(), new Place("/"))[name].Load(TestCatalogues.All);
        filter.Name.ShouldBe(name);
        var entry = filter.Attach(new MarketSeries(new Instrument { Symbol = "MOM" }, Timeframe.Parse("1h")), new FactorPlan());
        entry.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_experiment_compares_trainers_and_labels_and_corrects_for_the_number_of_trials()
    {
        var trials = await Compare().RunAsync(
            Batch("""{ "experiment": { "trainers": ["logistic", "arima", "tree"], "labels": ["direction", "return"] } }""",
                symbols: "\"MOM\""));
        trials.Count.ShouldBe(6);
        trials.ShouldContain(t => t.Trainer == "logistic" && t.Label == "return(5)" && t.Error != null); // logistic wants classes
        var best = trials.First(t => t.Trainer == "logistic" && t.Label == "direction(5)");
        best.Figure!.Value.ShouldBeGreaterThan(0.55);
        best.PValue!.Value.ShouldBeInRange(0, 1);
        Directory.Exists(Path.Combine(_folder, "models", "learned-MOM_1h")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_experiment_ranks_by_what_models_are_worth_to_the_strategies_and_gives_the_same_on_any_number_of_threads()
    {
        var spec = Batch("""
            { "experiment": { "trainers": ["naive-bayes", "logistic", "tree"], "fitness": "sortino" } }
            """);
        var trials = await Compare(1).RunAsync(spec);
        trials.Count.ShouldBe(6);
        foreach (var market in trials.GroupBy(t => t.Data))
            market.Select(t => t.Worth?.With ?? double.NegativeInfinity).ShouldBeInOrder(SortDirection.Descending);
        trials.Where(t => t.Error is not null).ShouldAllBe(t => t.Worth == null);
        var judged = trials.Where(t => t.Worth is not null).ToList();
        judged.Count.ShouldBeGreaterThanOrEqualTo(4);
        foreach (var (trial, worth) in judged.Select(t => (t, t.Worth.ShouldNotBeNull())))
        {
            worth.Fitness.ShouldBe("sortino");
            worth.Trades.ShouldBeGreaterThanOrEqualTo(worth.Taken);
            worth.Low!.Value.ShouldBeLessThanOrEqualTo(worth.High!.Value, trial.Trainer);
        }
        // The strategies trade the same without a model, whichever it is.
        foreach (var market in judged.GroupBy(t => t.Data)) market.Select(t => t.Worth!.Without).Distinct().Count().ShouldBe(1);
        (await Compare(4).RunAsync(spec)).Select(t => t with { Seconds = 0 }).ShouldBe(trials.Select(t => t with { Seconds = 0 }));
    }

    [Theory]
    [InlineData("""{ "experiment": { "fitness": "sortin" } }""", "did you mean 'sortino'?")]
    [InlineData("""{ "trainer": "forest" }""", "there is no trainer 'forest'")]
    [InlineData("""{ "trainer": "tree", "params": { "depth": 3 } }""", "tree has no parameter 'depth'")]
    [InlineData("""{ "features": ["smaa(3)"] }""", "did you mean 'sma'")]
    [InlineData("""{ "label": "up" }""", "'up' is not understood")]
    [InlineData("""{ "label": "return" }""", "cannot use a model of the label return(5)")]
    [InlineData("""{ "apply": { "rule": "gate", "below": 0.3 } }""", "the rule 'gate' has no 'below'")]
    [InlineData("""{ "train": 3 }""", "there is no key 'train'; did you mean 'trainer'?")]
    [InlineData("""{ "strategies": ["RsiReversion"] }""", "no strategy of the batch is covered")]
    [InlineData("""[{ "strategies": ["SmaCross"] }, { }]""", "two sections are named 'learned'")]
    public async Task A_wrong_section_is_answered_with_file_line_and_remedy(string learning, string why)
    {
        var fault = await Should.ThrowAsync<InputException>(() => Learn().TrainAsync(Batch(learning)));
        fault.Message.ShouldContain(why);
        fault.Message.ShouldStartWith("batch.json, line 3");
    }

    [Fact]
    public async Task A_batch_without_the_section_is_refused_with_the_way_to_add_one()
    {
        var spec = Batch("{}") with { Learning = null };
        (await Should.ThrowAsync<InputException>(() => Learn()
            .TrainAsync(spec))).Message.ShouldContain("has no \"learning\" section: add one");
    }

    [Fact]
    public async Task A_stopped_training_goes_on_where_it_was()
    {
        var spec = Batch("""{ "trainer": "random-forest", "params": { "trees": 20 } }""", symbols: "\"MOM\"");
        using var stop = new CancellationTokenSource();
        var progress = new Stopper(stop, 2);
        await Should.ThrowAsync<OperationCanceledException>(() => Learn(1)
            .TrainAsync(spec, progress: progress, cancellationToken: stop.Token));
        var report = await Learn(1).TrainAsync(spec);
        report.Units[0].Windows.Count(w => w.Reused).ShouldBeInRange(2, report.Units[0].Windows.Count - 1);
        progress.Total.ShouldBe(report.Units[0].Windows.Count);
    }

    private sealed class Stopper(CancellationTokenSource stop, int after) : IProgress<TrainingProgress>
    {
        public int Total { get; private set; }

        public void Report(TrainingProgress value)
        {
            Total = value.Total;
            if (value.Done == after) stop.Cancel();
        }
    }

    [Fact]
    public async Task A_strategy_that_is_itself_a_model_finds_momentum_and_is_the_same_on_any_thread_count()
    {
        const string Strategies =
            """
                { "class": "ModelStrategy", "params": { "ahead": 2, "train": 300, "retrain": 100, "buyAbove": 0.52, "sellBelow": 0.48 },
                  "sides": "both", "size": { "cash": 10000 } }
                """;
        var spec = Batch("{}", Strategies) with { Learning = null };
        var one = await Run(spec, 1, "m1");
        var two = await Run(spec, 3, "m2");
        two.Model.Digest.ShouldBe(one.Model.Digest);
        one.Model.Strategies[0].Error.ShouldBeNull();
        one.Model.Strategies[0].Stats!.TotalReturn.ShouldBeGreaterThan(0.1);
        one.Model.Strategies[0].Stats!.Trades.ShouldBeGreaterThan(20);
    }
}
