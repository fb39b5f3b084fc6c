using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Portfolio.Rules;
using Granary.Learning.Registry;
using Granary.Modelling.Experiments;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Risk;

public sealed class RiskModelTests(RiskModelTests.UsualRun usual) : IClassFixture<RiskModelTests.UsualRun>, IDisposable
{
    /// <summary>The usual batch on three threads, for the tests that compare another run with it.</summary>
    public sealed class UsualRun : IDisposable
    {
        private readonly RiskBatch _batch = new();
        private readonly Lazy<Task<BatchRun>> _run;

        public UsualRun() => _run = new Lazy<Task<BatchRun>>(() => _batch.RunAsync(_batch.Spec(), "three", 3));

        public Task<BatchRun> RunAsync => _run.Value;

        public void Dispose() => _batch.Dispose();
    }

    private readonly RiskBatch _batch = new();

    public void Dispose() => _batch.Dispose();

    [Fact]
    public async Task A_predicted_drawdown_caps_the_exposure_and_the_digest_does_not_depend_on_the_threads()
    {
        var free = await _batch.RunAsync(_batch.Spec(null), "free");
        var one = await _batch.RunAsync(_batch.Spec(), "one", 1);
        var three = await usual.RunAsync;
        one.Model.Digest.ShouldBe(three.Model.Digest);
        one.Model.Digest.ShouldNotBe(free.Model.Digest);
        one.Model.Decisions[Decision.PredictedRisk].ShouldBeGreaterThan(5);
        File.ReadAllText(Path.Combine(one.Folder, "risk.csv")).ShouldBe(File.ReadAllText(Path.Combine(three.Folder, "risk.csv")));
        File.Exists(Path.Combine(free.Folder, "risk.csv")).ShouldBeFalse();

        var answers = RiskBatch.Rows(one, "risk.csv");
        answers.Count(a => a[5].Length > 0).ShouldBeGreaterThan(200);
        foreach (var a in answers.Where(a => a[5].Length > 0 && Number(a[5]) > 0))
            Number(a[6]).ShouldBe(0.02 / Number(a[5]), 1e-12);
        var learning = JsonDocument.Parse(File.ReadAllText(Path.Combine(one.Folder, "learning.json"))).RootElement;
        learning.GetProperty("units").GetArrayLength().ShouldBe(2);
        learning.GetProperty("units")[0].GetProperty("outOfSample").GetProperty("r2").GetDouble().ShouldBeGreaterThan(0.1);
        var risk = learning.GetProperty("risk");
        risk.GetProperty("asked").GetInt32().ShouldBe(answers.Count);
        risk.GetProperty("refused").GetInt64().ShouldBe(one.Model.Decisions[Decision.PredictedRisk]);
        risk.GetProperty("cut").GetInt32().ShouldBeGreaterThan(20);
        Number(risk, "with", "meanExposure").ShouldBeLessThan(Number(risk, "without", "meanExposure"));
        Number(risk, "with", "maxDrawdown").ShouldBeLessThan(Number(risk, "without", "maxDrawdown"));
    }

    [Fact]
    public async Task Nothing_that_was_known_before_changes_with_the_future()
    {
        const int Changed = 1900;
        using var other = new RiskBatch(Changed);
        var (a, b) = (await usual.RunAsync, await other.RunAsync(other.Spec()));
        var until = RiskBatch.TimeOf(Changed).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        foreach (var (file, column, least) in new[] { ("risk.csv", 3, 300), ("signals.csv", 3, 300), ("equity.csv", 0, 1800) })
        {
            // A signal of the bar before the change is known when that bar closes; its outcome is not.
            List<string> Known(BatchRun run) => [.. RiskBatch.Rows(run, file).Where(r => string.CompareOrdinal(r[column], until) < 0)
                .Select(r => string.Join(',', file == "signals.csv" ? r[..12] : r))];
            Known(a).Count.ShouldBeGreaterThan(least, file);
            Known(b).SequenceEqual(Known(a)).ShouldBeTrue(file);
        }
        File.ReadAllText(Path.Combine(a.Folder, "risk.csv")).ShouldNotBe(File.ReadAllText(Path.Combine(b.Folder, "risk.csv")));
    }

    [Fact]
    public async Task The_same_models_cap_a_live_session_and_a_backtest_of_its_configuration()
    {
        var backtest = await _batch.RunAsync(_batch.Spec());
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json"));
        production.Spec.Portfolio.Risk.Select(r => r.Symbol).ShouldBe(["AAA", "BBB"]);
        // A model that has learned from all of the record is asked behind it; here it is to be asked within.
        var run = await LiveSession.RunAsync(new LiveRequest
        {
            Production = WithEarlyModels(backtest.Folder),
            Feed = Address.Parse("csv:" + _batch.Folder),
            Out = Path.Combine(_batch.Folder, "live"),
            IgnoresChecks = true,
        }, TestCatalogues.All, TimeProvider.System, TestContext.Current.CancellationToken);
        run.Against!.IsSame.ShouldBeTrue(run.Against.Sentence);
        run.Run.Model.Decisions[Decision.PredictedRisk].ShouldBeGreaterThan(0);
        RiskBatch.Rows(run.Run, "risk.csv").Count(r => r[5].Length > 0).ShouldBeGreaterThan(50);
    }

    // The lineage of each version says that its last label was known early, so that the session asks it.
    private string WithEarlyModels(string folder)
    {
        foreach (var lineage in Directory.GetFiles(Path.Combine(_batch.Folder, "models"), "*.json", SearchOption.AllDirectories))
        {
            // {"sha256":"…","content":…}
            var text = File.ReadAllText(lineage);
            var content = text[(text.IndexOf("\"content\":", StringComparison.Ordinal) + "\"content\":".Length)..text.LastIndexOf('}')];
            content = Regex.Replace(content, "(\"to\"\\s*:\\s*\")[^\"]+", "${1}2020-02-20T00:00:00Z");
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
            File.WriteAllText(lineage, $"{{\"sha256\":\"{hash}\",\"content\":{content}}}\n");
        }
        return Path.Combine(folder, "prod.json");
    }

    [Fact]
    public async Task Models_of_the_risk_are_trained_evaluated_and_compared_outside_of_a_backtest()
    {
        var learn = new LearnBatch(new EmbeddedHost(2), TimeProvider.System, 2);
        var trained = await learn.TrainAsync(_batch.Spec());
        trained.Units.Select(u => u.Version).ShouldBe(((string[])["AAA:1h", "BBB:1h"]).Select(m => $"risk-{ModelRegistry.NameFor(m)}:1"));
        var evaluated = await learn.EvaluateAsync(_batch.Spec());
        var run = await usual.RunAsync;
        var inRun = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "learning.json"))).RootElement.GetProperty("risk");
        evaluated.Risk!.With.Return.ShouldBe(Number(inRun, "with", "return"));
        evaluated.Risk.Asked.ShouldBe(inRun.GetProperty("asked").GetInt32());

        var compared = await new TrainerComparison(new EmbeddedHost(2), TimeProvider.System, 2).RunAsync(_batch.Spec(
            RiskBatch.Limit.Replace("\"apply\"", "\"experiment\": { \"trainers\": [\"ridge\", \"tree\", \"lstm\"] }, \"apply\"")));
        compared.Count.ShouldBe(6);
        compared.Where(c => c.Trainer != "lstm").ShouldAllBe(c => c.Error == null && c.FigureName == "r2" && c.Figure != null);
        compared.Where(c => c.Trainer == "lstm").ShouldAllBe(c => c.Error!.Contains("not evenly spaced"));
    }

    [Fact]
    public async Task A_model_of_the_risk_stands_beside_one_that_judges_entries()
    {
        const string Gate = """{ "name": "gate", "trainer": "logistic", "apply": { "rule": "veto", "below": 0.5 } }""";
        var run = await _batch.RunAsync(_batch.Spec($"[{RiskBatch.Limit}, {Gate}]"));
        run.Model.Decisions[Decision.PredictedRisk].ShouldBeGreaterThan(0);
        run.Model.Decisions[Decision.ModelRefused].ShouldBeGreaterThan(50);
        run.Model.Strategies.ShouldAllBe(s => s.Model!.StartsWith("gate-"));
    }

    [Fact]
    public async Task Where_nothing_can_be_learned_the_report_says_that_there_is_no_cap()
    {
        var run = await _batch.RunAsync(_batch.Spec(strategies: """{ "class": "BuyAndHold", "size": { "percentOfEquity": 50 } }"""));
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("entries there have no cap by a predicted drawdown"));
        run.Model.Decisions.Keys.ShouldBe([Decision.Accepted]);
    }

    [Theory]
    [InlineData("""{ "label": "drawdown", "apply": "gate" }""", "limit takes drawdown")]
    [InlineData("""{ "label": "direction", "apply": "limit" }""", "limit takes drawdown")]
    [InlineData("""{ "label": "direction", "features": ["rsi(14)", "portfolio-drawdown"] }""", "only a model of the label drawdown reads")]
    [InlineData("""{ "label": "drawdown", "features": ["portfolio-mood"] }""", "there is no feature 'portfolio-mood'")]
    [InlineData("""{ "label": "drawdown", "features": ["portfolio-drawdown"] }""", "name a feature of the market too")]
    [InlineData("""{ "label": "drawdown", "features": ["rsi(14)", "portfolio-drawdown", "portfolio-drawdown"] }""", "is named twice")]
    [InlineData("""{ "label": "drawdown", "apply": { "rule": "limit", "below": 1 } }""", "has no 'below'")]
    [InlineData("""{ "label": "drawdown", "abstain": true }""", "refuses no entries by itself")]
    [InlineData("""{ "label": "drawdown", "experiment": { "fitness": "sortino" } }""", "chooses among no trades")]
    [InlineData("""{ "label": "drawdown", "experiment": { "labels": ["return"] } }""", "give it a section of its own")]
    [InlineData("""{ "label": "drawdown", "experiment": { "search": { } } }""", "caps the portfolio; leave it out")]
    public void What_cannot_be_is_said_in_a_sentence(string section, string sentence) =>
        Should.Throw<InputException>(() => _batch.Spec(section)).Message.ShouldContain(sentence);

    [Fact]
    public async Task Strategies_of_several_timeframes_have_a_predicted_risk_each()
    {
        const string Two = RiskBatch.Strategies + """, { "class": "SmaCross", "timeframe": "4h", "size": { "percentOfEquity": 50 } }""";
        var run = await _batch.RunAsync(_batch.Spec(strategies: Two));
        run.Model.Decisions[Decision.PredictedRisk].ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_walk_forward_says_that_it_has_no_such_cap()
    {
        var options = new BatchOptions { Out = Path.Combine(_batch.Folder, "walk"), Yes = true };
        var runner = new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System);
        (await Should.ThrowAsync<InputException>(() => runner.RunAsync(_batch.Spec(), options)))
            .Message.ShouldContain("no cap by a predicted drawdown");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(JsonElement json, string part, string name) => json.GetProperty(part).GetProperty(name).GetDouble();
}
