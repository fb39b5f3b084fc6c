using System.Text;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Server.Budgets;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Server.Tests.Budgets;

/// <summary>
/// A caller with limits tries to reach later bars, files, code, models and exchanges by the texts of jobs and by the markets that it names.
/// Every price after the holdout has a form that no other number has, so that any text of an answer, a message, a status or a run's file
/// that has one is found.
/// </summary>
public sealed class HoldoutAdversaryTests : IAsyncLifetime
{
    private static readonly Caller s_assistant = new("assistant", Role.Submitter)
    {
        Limits = new TrialLimits(1000, HeldOutBars.Holdout),
    };

    private readonly HeldOutBars _bars = new();
    private readonly LocalJobs _jobs;
    private readonly AuditLog _audit;
    private readonly BudgetedJobs _research;

    public HoldoutAdversaryTests()
    {
        var kinds = KnownJobs.Of(TestCatalogues.All, _bars.Runs);
        _audit = new AuditLog(Path.Combine(_bars.Runs, AuditLog.FileName), TimeProvider.System);
        _jobs = new LocalJobs(_bars.Runs, new HostedRunner(new EmbeddedHost(2), TimeProvider.System, 2, _bars.Runs), kinds,
            TimeProvider.System);
        _research = new BudgetedJobs(_jobs, kinds, new JobAdmission(_jobs, kinds, new CodeRight(TestCatalogues.All), null),
            TestCatalogues.All, new TrialAccounts(Path.Combine(_bars.Runs, TrialAccounts.FolderName)),
            _audit, _bars.Data);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _bars.Dispose();
    }

    private const string Bars = "\"source\": \"csv:daily\", \"symbols\": [\"ACME\"], \"timeframe\": \"1d\"";

    private static string Batch(string data = Bars, string more = "", string strategy = "") => $$"""
        { "name": "attack", "data": { {{data}} },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "units": 1 } {{strategy}} } ],
          "portfolio": { "weights": "equal" }, "outputs": "all" {{more}} }
        """;

    // What must be refused before it runs.
    private static readonly (string Name, string Kind, string Text)[] s_refused =
    [
        ("another file beside the data", "backtest", Batch(more: ", \"account\": { \"riskFree\": \"../secret.txt\" }")),
        ("a file of the data folder", "backtest", Batch(more: ", \"account\": { \"riskFree\": \"daily/ACME.csv\" }")),
        ("a path above", "backtest", Batch(Bars.Replace("csv:daily", "csv:../elsewhere", StringComparison.Ordinal))),
        ("a full path", "backtest", Batch(Bars.Replace("csv:daily", "csv:/etc", StringComparison.Ordinal))),
        ("a link that leads out", "backtest", Batch(Bars.Replace("csv:daily", "csv:outside/elsewhere", StringComparison.Ordinal))),
        ("a null character", "backtest", Batch(Bars.Replace("csv:daily", "csv:daily\\u0000/../..", StringComparison.Ordinal))),
        ("a hidden folder", "backtest", Batch(Bars.Replace("csv:daily", "csv:.research", StringComparison.Ordinal))),
        ("an exchange", "backtest", Batch("\"source\": \"binance:spot\", \"symbols\": [\"BTCUSDT\"], \"timeframe\": \"1d\"")),
        ("a live feed", "backtest", Batch("\"source\": \"ws://127.0.0.1:9/feed\", \"symbols\": [\"ACME\"], \"timeframe\": \"1d\"")),
        ("a queue", "backtest", Batch("\"source\": \"kafka://127.0.0.1:9/bars\", \"symbols\": [\"ACME\"], \"timeframe\": \"1d\"")),
        ("a database that is not allowed", "backtest",
            Batch("\"source\": \"postgres://u:p@127.0.0.1:9/db\", \"symbols\": [\"ACME\"], \"timeframe\": \"1d\"")),
        ("times as closes", "backtest", Batch(Bars + ", \"stamp\": \"close\"")),
        ("a time zone far in the east", "backtest", Batch(Bars + ", \"timeZone\": \"Pacific/Kiritimati\"")),
        ("other columns as the time", "backtest",
            Batch(Bars + ", \"columns\": { \"time\": 1, \"open\": 2, \"high\": 3, \"low\": 4, \"close\": 5 }")),
        ("another format", "backtest", Batch(Bars + ", \"format\": \"yahoo\"")),
        ("slower series", "backtest", Batch(Bars + ", \"asof\": [ { \"file\": \"daily/ACME.csv\", \"columns\": [\"close\"] } ]")),
        ("funding", "backtest", Batch(Bars + ", \"funding\": \"daily/ACME.csv\"")),
        ("members of a universe", "backtest", Batch(more: ", \"universe\": { \"members\": \"daily/ACME.csv\" }")),
        ("weekly bars as daily ones", "backtest", Batch(Bars.Replace("csv:daily", "csv:weekly", StringComparison.Ordinal))),
        ("one weekly bar as a daily one", "backtest", Batch(Bars.Replace("csv:daily", "csv:weekly", StringComparison.Ordinal)
            + ", \"from\": \"2023-12-25\", \"to\": \"2023-12-27\", \"warmUp\": false")),
        ("daily bars as minutes", "backtest", Batch(Bars.Replace("\"1d\"", "\"1m\"", StringComparison.Ordinal))),
        ("only later bars", "backtest", Batch(Bars + ", \"from\": \"2024-01-01\"")),
        ("parts with a folder", "backtest", Batch("\"parts\": [ { \"folder\": \"..\", \"source\": \"csv:elsewhere\", "
            + "\"symbols\": [\"ACME\"], \"timeframe\": \"1d\" } ]")),
        ("recorded trades of a file", "backtest", Batch().Replace("\"SmaCross\", \"params\": { \"fast\": 5, \"slow\": 20 }",
            "\"RecordedTrades\", \"params\": { \"name\": \"../../secret\" }", StringComparison.Ordinal)),
        ("code", "backtest", Batch(more: ", \"code\": [ { \"name\": \"a.cs\", \"source\": \"class A {}\" } ]")),
        ("a broker", "backtest", Batch().Replace("\"weights\": \"equal\"", "\"weights\": \"equal\", \"broker\": \"paper\"",
            StringComparison.Ordinal)),
        ("a model of the registry", "backtest", Batch(more: ", \"learning\": { \"trainer\": \"logistic\", \"features\": [\"rsi(14)\"] }")),
        ("another registry", "experiment",
            $$"""{ "kind": "experiment", "batch": {{Batch(more: ", \"learning\": { \"trainer\": \"logistic\", \"registry\": \"../models\" }")}} }"""),
        ("a policy", "backtest", Batch().Replace("\"equal\"", "\"ppo\"", StringComparison.Ordinal)),
        ("a configuration", "backtest", "{ \"version\": 1, \"digest\": \"x\", \"strategies\": [], \"models\": { } }"),
        ("a training", "train", $$"""{ "kind": "train", "batch": {{Batch()}} }"""),
        ("an import", "import", """{ "kind": "import", "files": "daily/ACME.csv", "store": "bars", "timeframe": "1d" }"""),
        ("an index", "track", """{ "kind": "track", "panel": "daily/ACME.csv", "index": "ACME" }"""),
        ("groups of a study", "study", """
            { "kind": "study", "data": { "source": "csv:daily", "symbols": "*", "timeframe": "1d" }, "factors": ["rsi(14)"],
              "horizons": [1], "quantiles": 2, "group": "../secret.txt" }
            """),
        ("a study with times as closes", "study", """
            { "kind": "study", "data": { "source": "csv:daily", "symbols": "*", "timeframe": "1d", "stamp": "close" },
              "factors": ["rsi(14)"], "horizons": [1], "quantiles": 2 }
            """),
        ("a section of another name", "backtest", Batch(more: ", \"include\": \"../secret.txt\"")),
        ("a key twice", "backtest", Batch(Bars + ", \"holdout\": \"2023-01-01\", \"holdout\": \"2026-01-01\"")),
        ("a batch in a batch", "backtest", $$"""{ "batch": { "data": { {{Bars}} } }, "data": { {{Bars}} }, "strategies": [] }"""),
        ("an unknown kind", "shell", "{ \"kind\": \"shell\" }"),
        ("an empty text", "backtest", ""),
        ("a deep text", "backtest", new string('[', 5000)),
    ];

    // What runs on the bars until the holdout, and must show no later one.
    private static readonly (string Name, string Kind, string Text)[] s_cut =
    [
        ("a later end", "backtest", Batch(Bars + ", \"to\": \"2030-01-01\"")),
        ("a later holdout", "backtest", Batch(Bars + ", \"holdout\": \"2030-01-01\"")),
        ("a comment behind which the key hides", "backtest", Batch(Bars + ", // \"holdout\": \"2030-01-01\"\n \"warmUp\": true,")),
        ("a text with a mark of its order of bytes", "backtest", "\uFEFF" + Batch()),
        ("an escaped key", "backtest", Batch(Bars + ", \"hold\\u006fut\": \"2030-01-01\"")),
        ("longer bars from shorter ones", "backtest", Batch("\"source\": \"csv:hourly\", \"symbols\": [\"ACME\"], \"timeframe\": \"1h\"",
            strategy: ", \"timeframe\": [\"4h\", \"1d\", \"1w\"]")),
        ("a factor of a longer timeframe", "study", """
            { "kind": "study", "data": { "source": "csv:daily", "symbols": "*", "timeframe": "1d" },
              "factors": ["roc(3)", "sma(3)@1w"], "horizons": [1, 20], "quantiles": 2 }
            """),
        ("a benchmark", "backtest", Batch(more: ", \"benchmark\": \"BETA\"")),
        ("two parts", "backtest", Batch("\"parts\": [ { " + Bars + " }, { " + Bars.Replace("ACME", "BETA", StringComparison.Ordinal)
            + " } ]")),
        ("a delisting after the holdout", "backtest",
            Batch(Bars + ", \"instruments\": { \"ACME\": { \"delisted\": \"2024-06-01\" } }")),
        ("a ranking of the symbols", "backtest", Batch(Bars.Replace("[\"ACME\"]", "\"*\"", StringComparison.Ordinal),
            ", \"universe\": { \"rank\": \"roc(20)\", \"top\": 2 }")),
        ("a walk-forward", "walkforward",
            $$"""{ "kind": "walkforward", "batch": {{Batch(more: ", \"walkForward\": { \"inSample\": \"34w\", \"outOfSample\": \"8w\" }")}} }"""),
    ];

    [Fact]
    public async Task No_text_of_a_job_reaches_later_bars_files_code_models_or_exchanges()
    {
        foreach (var (name, kind, text) in s_refused)
        {
            var before = _audit.Newest(long.MaxValue, 1000).Count;
            var fault = await Should.ThrowAsync<Exception>(() => _research.SubmitAsync(s_assistant, kind, Encoding.UTF8.GetBytes(text),
                "batch.json"), name);
            (fault is InputException or BarDataException or OutsideLimitsException).ShouldBeTrue($"{name}: {fault}");
            HeldOutBars.Leaks(fault.ToString()).ShouldBeFalse(name);
            fault.Message.ShouldNotContain(_bars.Root + "/secret", Case.Sensitive, name);
            _audit.Newest(long.MaxValue, 1000).Count.ShouldBe(before + 1, name);
            _audit.Newest(long.MaxValue, 1).Single().Who.ShouldBe("assistant", name);
        }
        (await _jobs.ListAsync(new JobQuery(10))).Items.ShouldBeEmpty("nothing was submitted");
        _research.Standing(s_assistant).Used.ShouldBe(0, "and nothing was charged");
    }

    [Fact]
    public async Task No_status_and_no_file_of_a_job_that_runs_has_a_later_bar()
    {
        foreach (var (name, kind, text) in s_cut)
        {
            var receipt = await _research.SubmitAsync(s_assistant, kind, Encoding.UTF8.GetBytes(text), "batch.json");
            var status = await Eventually.IsAsync(async () => (await _jobs.FindAsync(receipt.Job.Id))!, s => s.Ended);
            status.State.ShouldBe(JobState.Done, $"{name}: {status.Fault}");
            HeldOutBars.Leaks(JsonSerializer.Serialize(status, JobJson.Options)).ShouldBeFalse(name);
            foreach (var file in status.Files)
            {
                await using var opened = (await _jobs.OpenFileAsync(status.Id, file))!.Content;
                using var reader = new StreamReader(opened);
                var content = await reader.ReadToEndAsync();
                HeldOutBars.Leaks(content).ShouldBeFalse($"{name}: {file}");
            }
        }
    }

    [Fact]
    public async Task The_estimate_of_a_job_does_not_depend_on_later_bars()
    {
        var before = (await _research.SubmitAsync(s_assistant, "backtest", Encoding.UTF8.GetBytes(Batch()), "batch.json")).Job.Work;
        var path = Path.Combine(_bars.Data, "daily", "ACME.csv");
        File.WriteAllLines(path, File.ReadLines(path).Take(900).ToList());
        var after = (await _research.SubmitAsync(s_assistant, "backtest", Encoding.UTF8.GetBytes(Batch()), "batch.json")).Job.Work;
        after.ShouldBe(before);
    }

    [Fact]
    public async Task Another_runs_files_are_no_source_of_bars()
    {
        var other = Directory.CreateDirectory(Path.Combine(_bars.Data, "other-run")).FullName;
        File.WriteAllText(Path.Combine(other, "manifest.json"), "{}");
        File.Copy(Path.Combine(_bars.Data, "daily", "ACME.csv"), Path.Combine(other, "ACME.csv"));
        var text = Encoding.UTF8.GetBytes(Batch(Bars.Replace("csv:daily", "csv:other-run", StringComparison.Ordinal)));
        var refused = await Should.ThrowAsync<OutsideLimitsException>(
            () => _research.SubmitAsync(s_assistant, "backtest", text, "batch.json"));
        refused.Message.ShouldContain("not a folder of bars");
        await Should.ThrowAsync<OutsideLimitsException>(() => _research.Markets(s_assistant).SpanAsync("csv:other-run",
            new BarQuery("ACME", Timeframe.D1)));
    }
}
