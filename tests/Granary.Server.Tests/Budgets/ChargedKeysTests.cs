using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Budgets;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Server.Tests.Budgets;

/// <summary>A caller with a budget pays for each change of a batch that changes a result.</summary>
public sealed class ChargedKeysTests : IAsyncLifetime
{
    private static readonly Caller s_caller = new("assistant", Role.Submitter) { Limits = new TrialLimits(1000, HeldOutBars.Holdout) };

    private readonly HeldOutBars _bars = new();
    private readonly TrialAccounts _accounts;
    private readonly JobCatalogue _kinds;
    private readonly LocalJobs _jobs;
    private readonly BudgetedJobs _research;

    public ChargedKeysTests()
    {
        _kinds = KnownJobs.Of(TestCatalogues.All, _bars.Runs);
        _jobs = new LocalJobs(_bars.Runs, new HostedRunner(new EmbeddedHost(1), TimeProvider.System, 1, _bars.Runs, TrialLedger.None),
            _kinds, TimeProvider.System);
        _accounts = new TrialAccounts(Path.Combine(_bars.Runs, TrialAccounts.FolderName));
        _research = new BudgetedJobs(_jobs, _kinds, new JobAdmission(_jobs, _kinds, new CodeRight(TestCatalogues.All), null),
            TestCatalogues.All, _accounts, new AuditLog(Path.Combine(_bars.Runs, AuditLog.FileName), TimeProvider.System), _bars.Data);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _bars.Dispose();
    }

    private static JsonObject Batch() => (JsonObject)JsonNode.Parse("""
        { "name": "first", "data": { "source": "csv:daily", "symbols": ["ACME", "BETA"], "timeframe": "1d" },
          "execution": { "leverage": 2, "commissionPercent": 0.01 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8], "slow": 20 }, "size": { "percentOfEquity": 60 },
            "stopLossPercent": 4, "takeProfitPercent": 6, "entryOrder": "limit", "entryOffsetPercent": 0.2 } ],
          "portfolio": { "weights": "equal" }, "outputs": ["results", "prod"] }
        """)!;

    private static JsonObject With(string path, string value)
    {
        var batch = Batch();
        JsonNode node = batch;
        var parts = path.Split('/');
        foreach (var part in parts[..^1])
            node = node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]!
                : node[part] ??= new JsonObject();
        node[parts[^1]] = JsonNode.Parse(value);
        return batch;
    }

    private async Task<string> DigestAsync(JsonObject batch)
    {
        batch["data"]!["holdout"] = "2024-01-01";
        var spec = new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(batch.ToJsonString()), _bars.Data);
        var options = new BatchOptions { Out = Path.Combine(_bars.Root, "run"), Threads = 1, Validation = false };
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, ledger: TrialLedger.None).RunAsync(spec, options, null,
            TestContext.Current.CancellationToken);
        Directory.Delete(run.Folder, recursive: true);
        return run.Model.Digest;
    }

    private async Task<int> NewAsync(JsonObject batch, string kind = "backtest") => (await _research.PlanAsync(s_caller, kind,
        Encoding.UTF8.GetBytes(batch.ToJsonString()), "batch.json")).New!.Value;

    private async Task ChargeAsync(JsonObject batch, string kind = "backtest") => await _research.SubmitAsync(s_caller, kind,
        Encoding.UTF8.GetBytes(batch.ToJsonString()), "batch.json");

    // Each with another value than the batch has, and whether all strategies are new, or the configuration alone.
    private static readonly (string Path, string Value, int New)[] s_changes =
    [
        ("execution/timeInForce", "\"ioc\"", 4), ("execution/volumePercent", "1", 4), ("execution/latencyBars", "2", 4),
        ("execution/leverage", "3", 4), ("execution/fill", "\"same-close\"", 4), ("execution/intrabar", "\"target-first\"", 4),
        ("execution/protectFrom", "\"next-bar\"", 4), ("execution/atEnd", "\"close\"", 4), ("execution/stress", "true", 4),
        ("execution/maintenancePercent", "60", 4), ("execution/margin", "\"cross\"", 4),
        ("execution/commissionPercent", "0.02", 1), ("execution/commissionMakerPercent", "-0.01", 1),
        ("execution/slippagePercent", "0.1", 1),
        ("execution/spreadPercent", "0.1", 1), ("execution/borrowPercent", "5", 1), ("execution/marginRatePercent", "5", 1),
        ("execution/symbols", "{ \"ACME\": { \"commissionPercent\": 1 } }", 1), ("execution/commissionPerOrder", "3", 1),
        ("account/cash", "5000", 4), ("account/riskFreePercent", "3", 1), ("seed", "9", 1), ("periodsPerYear", "300", 1),
        ("benchmark", "\"BETA\"", 1), ("data/warmUp", "false", 4), ("data/from", "\"2022-03-01\"", 4), ("data/to", "\"2023-08-01\"", 4),
        // The limit's takes its place.
        ("data/holdout", "\"2023-08-01\"", 0), ("data/symbols", "[\"ACME\"]", 1), ("data/symbols", "[\"ACME\", \"GAMMA\"]", 2),
        ("data/instruments", "{ \"ACME\": { \"lot\": 50 } }", 2), ("data/instruments", "{ \"*\": { \"tick\": 1 } }", 4),
        ("data/instruments", "{ \"ACME\": { \"delisted\": \"2023-03-01\" } }", 2),
        ("data/instruments", "{ \"BETA\": { \"minNotional\": 70000 } }", 2),
        ("strategies/0/sides", "\"long\"", 4), ("strategies/0/size", "{ \"units\": 3 }", 4), ("strategies/0/maxBars", "3", 4),
        ("strategies/0/symbols", "[\"ACME\"]", 1), ("strategies/0/signalValid", "\"2d\"", 4), ("strategies/0/tag", "\"b\"", 0),
        ("portfolio/weights", "{ \"SmaCross(fast=5,slow=20)@ACME:1d\": 1 }", 1), ("portfolio/from", "\"2022-06-01\"", 1),
        ("portfolio/limits", "{ \"maxPositions\": 1 }", 1), ("portfolio/limits", "{ \"dailyLossPercent\": 0.5 }", 1),
        ("portfolio/enable", "{ \"minTrades\": 3, \"minWinRate\": 0.5 }", 1), ("portfolio/onInsufficientCash", "\"reject\"", 1),
        ("portfolio/rebalance", "{ \"every\": \"3mo\" }", 1), ("portfolio/size", "{ \"percentOfEquity\": 10 }", 1),
        ("resampling", "{ \"paths\": 200 }", 1), ("name", "\"other\"", 0), ("outputs", "[\"results\"]", 0),
    ];

    [Fact]
    public async Task Each_change_that_changes_a_result_is_charged_and_a_label_is_not()
    {
        var digest = await DigestAsync(Batch());
        await ChargeAsync(Batch());
        _research.Standing(s_caller).Used.ShouldBe(4);
        var (changed, wrong) = (0, new List<string>());
        foreach (var (path, value, charged) in s_changes)
        {
            var added = await NewAsync(With(path, value));
            if (added != charged) wrong.Add($"{path} {value}: {added} and not {charged} charged");
            var isOther = await DigestAsync(With(path, value)) != digest;
            if (isOther) changed++;
            if (isOther && added == 0 && path != "strategies/0/tag") wrong.Add($"{path} {value}: another digest for nothing");
        }
        wrong.ShouldBeEmpty();
        // Most of them matter to this batch, else the test would say nothing.
        changed.ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task Instruments_of_parts_count_as_those_of_the_whole()
    {
        JsonObject Parts(string instruments)
        {
            var batch = Batch();
            batch["data"] = JsonNode.Parse($$"""
                { "parts": [ { "source": "csv:daily", "symbols": ["ACME"], "timeframe": "1d"{{instruments}} } ] }
                """);
            return batch;
        }
        await ChargeAsync(Parts(""));
        (await NewAsync(Parts(""))).ShouldBe(0);
        (await NewAsync(Parts(""", "instruments": { "ACME": { "lot": 50 } }"""))).ShouldBe(2);
        (await NewAsync(Parts(""", "instruments": { "ACME": { "delisted": "2023-03-01" } }"""))).ShouldBe(2);
        (await NewAsync(Parts(""", "instruments": { "BETA": { "lot": 50 } }"""))).ShouldBe(1);
    }

    [Fact]
    public async Task Walk_forwards_with_other_windows_and_searches_over_other_accounts_are_charged()
    {
        JsonObject Folds(string windows)
        {
            var batch = Batch();
            batch["walkForward"] = JsonNode.Parse(windows);
            return new JsonObject { ["kind"] = "walkforward", ["batch"] = batch };
        }
        await ChargeAsync(Folds("""{ "inSample": "200d", "outOfSample": "60d" }"""), "walkforward");
        (await NewAsync(Folds("""{ "outOfSample": "60d", "inSample": "200d" }"""), "walkforward")).ShouldBe(0);
        (await NewAsync(Folds("""{ "inSample": "210d", "outOfSample": "60d" }"""), "walkforward")).ShouldBe(1);
        (await NewAsync(Folds("""{ "inSample": "200d", "outOfSample": "60d", "objective": "sortino" }"""), "walkforward")).ShouldBe(1);

        JsonObject Search(string change, string value)
        {
            var batch = With(change, value);
            batch["strategies"] = JsonNode.Parse("""
                [ { "class": "SmaCross", "search": { "method": "tpe", "trials": 20, "objective": "sharpe",
                  "space": { "fast": { "from": 2, "to": 15 }, "slow": { "from": 20, "to": 60 } } } } ]
                """);
            batch.Remove("portfolio");
            return new JsonObject { ["kind"] = "optimise", ["batch"] = batch };
        }
        await ChargeAsync(Search("data/symbols", "[\"ACME\"]"), "optimise");
        (await NewAsync(Search("data/symbols", "[\"ACME\"]"), "optimise")).ShouldBe(0);
        var cash = Search("data/symbols", "[\"ACME\"]");
        cash["batch"]!["account"] = new JsonObject { ["cash"] = 20000 };
        (await NewAsync(cash, "optimise")).ShouldBe(20);
        var costs = Search("data/symbols", "[\"ACME\"]");
        costs["batch"]!["execution"]!["slippagePercent"] = 0.2;
        (await NewAsync(costs, "optimise")).ShouldBe(20);
    }
}
