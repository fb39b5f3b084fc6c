using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Verification;
using Granary.Contracts.Deployments;
using Granary.Contracts.Why;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Learning.Registry;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Granary.Trading.Tests.Live;
using Granary.Trading.Why;

namespace Granary.Trading.Tests.Parity;

/// <summary>Sessions that trade with another version of a model than the configuration that they are compared with.</summary>
public sealed class ParityModelTests : IDisposable
{
    private readonly ParityUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // A production configuration whose model was trained until a day, over the months after both were trained.
    private async Task<string> ConfiguredAsync(string name, string learnedTo)
    {
        var run = await _under.Session.RunAsync(new BatchReader(TestCatalogues.All).Read("learned.json", Encoding.UTF8.GetBytes($$"""
            { "name": "learned", "data": { "source": "csv:{{SessionUnderTest.Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h",
              "to": "{{learnedTo}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [2, 3], "slow": 6 }, "sides": "both",
                "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "label": { "kind": "direction", "bars": 3 }, "apply": { "rule": "gate", "buyAbove": 0.5,
                "sellBelow": 0.5 } } }
            """), _under.Folder), name);
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "prod.json")))!;
        prod["data"]!["from"] = "2022-05-01";
        prod["data"]!["to"] = "2022-06-01";
        var path = Path.Combine(_under.Folder, name + "-prod.json");
        File.WriteAllText(path, prod.ToJsonString());
        return path;
    }

    private Task<LiveRun> TradeAsync(string production) => LiveSession.RunAsync(new LiveRequest
    {
        Production = production,
        Feed = Address.Parse("csv:" + SessionUnderTest.Bars),
        Out = Path.Combine(_under.Folder, "live"),
        From = ParityUnderTest.Ticks("2022-05-01"),
        To = ParityUnderTest.Ticks("2022-06-01"),
        State = _under.State,
        IgnoresChecks = true,
    }, TestCatalogues.All, TimeProvider.System, TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<ParityRecord>> CompareAsync(string production, string state)
    {
        var start = new SessionStart(new SessionOptions { Feed = Address.Parse("csv:" + SessionUnderTest.Bars) },
            File.ReadAllBytes(production), production, _under.Folder);
        return new AccountParity(AccountStores.Open(Address.Parse(state), one: true), TestCatalogues.All, TimeProvider.System)
            .CompareAsync(new ParityRequest { Account = "live" }, start, null, cancellationToken: TestContext.Current.CancellationToken);
    }

    // Only the model has a part, and both ends are those of backtests and fills.
    private void IsOfModel(IReadOnlyList<ParityRecord> records, string state)
    {
        records.SelectMany(r => r.Causes).Where(c => c.Value != 0).Select(c => c.Key).Distinct().ShouldBe([DivergenceCauses.Model]);
        records.Sum(r => Math.Abs(r.Total)).ShouldBeGreaterThan(1);
        var last = records[^1];
        last.AccountEquity.ShouldBe(_under.EquityOf(last.End.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture), state), 1e-6);
        last.SinceStart[DivergenceCauses.Model].ShouldBe(last.AccountEquity - last.BacktestEquity, 1e-3);
    }

    [Fact]
    public async Task Decisions_of_another_version_than_the_configuration_has_are_of_the_model()
    {
        var (older, newer) = (await ConfiguredAsync("older", "2022-03-01"), await ConfiguredAsync("newer", "2022-05-01"));
        await TradeAsync(older);
        (await CompareAsync(older, _under.State)).ShouldAllBe(r => r.Causes.Values.All(c => c == 0));
        // The journal has the version of each decision, and is compared with the configuration of the newer one.
        _under.Entries().Where(e => e.Kind == "SignalDecided").Select(e => (int?)e.Body["modelVersion"]).Distinct().ShouldBe([1]);
        var hash = new ProductionReader(TestCatalogues.All).Read(newer).Hash;
        var state = await _under.RewriteAsync(e => e is SessionStarted started ? started with { Configuration = hash } : e);
        var records = await CompareAsync(newer, state);
        IsOfModel(records, state);
        records[^1].Trades.ShouldContain(t => t.Why == "version 1 of the model decided in the session, and 2 now");
    }

    [Fact]
    public async Task A_version_that_replaced_the_configured_one_is_the_cause_of_the_gap_and_judges_when_the_session_is_asked_why()
    {
        var older = await ConfiguredAsync("older", "2022-03-01");
        await ConfiguredAsync("newer", "2022-05-16");
        // The session looks every day, and may know the newer version once the bars that it learned from have passed.
        var prod = JsonNode.Parse(File.ReadAllText(older))!;
        var model = prod["models"]!.AsObject().Single().Value!;
        model["refresh"] = new JsonObject { ["every"] = "1d", ["from"] = "2022-05-01T00:00:00Z" };
        File.WriteAllText(older, prod.ToJsonString());
        var registry = TestCatalogues.All.AddressOf((string)model["registry"]!);
        TestCatalogues.All.OpenRegistry(registry).Promote((string)model["model"]!, 2);

        await TradeAsync(older);
        var changed = _under.Entries().Single(e => e.Kind == "ModelChanged");
        ((int)changed.Body["version"]!).ShouldBe(2);
        var records = await CompareAsync(older, _under.State);
        IsOfModel(records, _under.State);
        // Before the change there is no gap.
        records.Where(r => r.Day < new DateOnly(2022, 5, 16)).ShouldNotBeEmpty();
        records.Where(r => r.Day < new DateOnly(2022, 5, 16)).ShouldAllBe(r => r.Causes.Values.All(c => c == 0));
        const string Since = "version 2 of the model decided after the bar of 2022-05-15T23:00:00Z";
        records.SelectMany(r => r.Trades).Select(t => t.Why).Distinct().Order()
            .ShouldBe([$"only in the backtest; {Since}", $"only in the live run; {Since}"]);

        // The replay of the session has the version and the prediction of each of its decisions.
        var why = new SessionWhy(AccountStores.Open(Address.Parse(_under.State), one: true), TestCatalogues.All);
        var decided = FileJournal.Peek(_under.State, new JournalQuery()).Select(JournalCodec.Decode).OfType<SignalDecided>().ToList();
        decided.Select(d => d.ModelVersion!.Value).Distinct().ShouldBe([1, 2]);
        foreach (var signal in decided.Where((_, i) => i % 5 == 0))
        {
            var answer = await why.AnswerAsync("state", new WhyQuery(signal.Strategy, Signal: signal.Number),
                TestContext.Current.CancellationToken);
            var judged = answer!.Signals.Single(a => a.Number == signal.Number).Model.ShouldNotBeNull();
            (judged.Version, judged.Prediction).ShouldBe((signal.ModelVersion!.Value, (double?)signal.Prediction));
        }
    }
}
