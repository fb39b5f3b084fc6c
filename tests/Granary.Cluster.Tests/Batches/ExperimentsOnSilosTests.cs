using System.Text;
using System.Text.Json.Nodes;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The trials of an experiment are spread over the silos, and its table is that of one process, to the bit.</summary>
public sealed class ExperimentsOnSilosTests : IDisposable
{
    private readonly TestBatches _batches = new();
    private readonly string _ledgers = Directory.CreateTempSubdirectory("granary-ledgers-").FullName;

    public void Dispose()
    {
        _batches.Dispose();
        Directory.Delete(_ledgers, recursive: true);
    }

    // The registry's cache would have the fits of another run.
    private Job Experiment(string registry, int gate = 0) => Read($$"""
            { "kind": "experiment", "batch": {
              "name": "searched", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5], "slow": 8 }, "sides": "both",
                "size": { "percentOfEquity": 20 } } ],
              "learning": { "name": "gate", "trainer": "logistic", "features": ["return(1)", "rsi(14)"],
                "label": { "kind": "direction", "bars": 2 }, "registry": "{{registry}}",
                "apply": { "rule": "veto", "below": 0.5 },
                "experiment": { "fitness": "sharpe", "search": {
                  "trainers": ["naive-bayes", { "name": "held", "params": { "c": [0.01, 1], "gateAt": {{gate}} } }, "tree"],
                  "features": [["return(1)", "rsi(14)"], ["return(1)", "sma(20)/close"]],
                  "apply": ["veto", { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 }], "budget": 300, "windows": 3 } } } } }
            """);

    // Without a search. The trades of the slow strategy are too few to learn from.
    private Job Comparison(string registry, int gate) => Read($$"""
            { "kind": "experiment", "batch": {
              "name": "compared", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 900] }, "sides": "both",
                "size": { "percentOfEquity": 20 } } ],
              "learning": { "name": "gate", "trainer": "held", "params": { "gateAt": {{gate}} }, "features": ["return(1)", "rsi(14)"],
                "label": "trade", "registry": "{{registry}}", "apply": "gate", "walkForward": { "train": 200, "test": 300 },
                "experiment": { "fitness": "sharpe", "trainers": ["held", "tree"],
                  "labels": ["trade", { "kind": "direction", "bars": 2 }] } } } }
            """);

    private Job Read(string body) => KnownJobs.Of(TestCatalogues.All, "runs").Read(new JobText("experiment", Encoding.UTF8.GetBytes(body),
        "job.json", _batches.Folder));

    private Task<string> EmbeddedAsync(string registry = "embedded", int gate = 0) => EmbeddedAsync(registry, Experiment(registry, gate));

    private async Task<string> EmbeddedAsync(string registry, Job job)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_batches.Folder, registry + "-job")).FullName;
        await job.RunAsync(new JobContext
        {
            Host = new EmbeddedHost(2),
            Clock = TimeProvider.System,
            Threads = 2,
            Folder = folder,
            Runs = folder,
            Ledger = new TrialLedger(Path.Combine(_ledgers, registry)),
        }, TestContext.Current.CancellationToken);
        return folder;
    }

    private Task<TestSilos> SilosAsync(int silos, string ledger) =>
        TestSilos.StartAsync(silos, s => s with { Trials = Path.Combine(_ledgers, ledger) });

    private static async Task<string> SubmitAsync(TestSilos cluster, Job job) =>
        (await cluster.Batches.SubmitAsync(new JobSubmission(job, "test"))).Job.Id;

    // All but what a clock and the cache have a say in.
    private static (string Table, int Reused) Result(string folder)
    {
        var result = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "result.json")))!.AsObject();
        var reused = result["reused"]!.GetValue<int>();
        result.Remove("seconds").ShouldBeTrue();
        result.Remove("reused").ShouldBeTrue();
        return (result.ToJsonString(), reused);
    }

    private static string ComparedTable(string folder)
    {
        var rows = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "result.json")))!.AsArray();
        foreach (var row in rows) row!.AsObject().Remove("seconds").ShouldBeTrue();
        return rows.ToJsonString();
    }

    private void SameLedger(string one, string other)
    {
        string[] Names(string ledger) =>
            [.. Directory.EnumerateFiles(Path.Combine(_ledgers, ledger)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Names(other).ShouldBe(Names(one));
        Names(one).ShouldContain(n => n.EndsWith(".trials", StringComparison.Ordinal));
        foreach (var name in Names(one))
            File.ReadAllBytes(Path.Combine(_ledgers, other, name)).ShouldBe(File.ReadAllBytes(Path.Combine(_ledgers, one, name)), name);
    }

    [Fact]
    public async Task A_silo_without_the_role_compute_does_no_work_of_a_job()
    {
        await using var cluster = await TestSilos.StartAsync(1, s => s with { Roles = SiloRoles.Sessions });
        var silo = cluster.Alive.Single().SiloAddress.ToParsableString();
        var refusal = await Should.ThrowAsync<SiloUnavailableException>(() => cluster.Grains.GetGrain<IWorkGrain>($"run|{silo}")
            .MakeAsync(new FitRequest(0, 0, 0) { Key = "key" }, TestContext.Current.CancellationToken));
        refusal.Message.ShouldContain("this silo takes no new work");
    }

    [Fact]
    public async Task The_table_and_the_ledger_of_two_silos_are_those_of_one_process()
    {
        var embedded = Result(await EmbeddedAsync());
        await using var cluster = await SilosAsync(2, "silos");
        var id = await SubmitAsync(cluster, Experiment("silos"));
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, cluster.Log.Text);
        status.Progress.Leaders.ShouldNotBeNull().ShouldNotBeEmpty();
        var result = Result(Path.Combine(cluster.Runs, id));
        result.ShouldBe(embedded);
        result.Reused.ShouldBe(0);
        SameLedger("embedded", "silos");
        var fits = JsonNode.Parse(result.Table)!["fits"]!.GetValue<int>();
        // One silo makes its own; the other one is asked, and makes as many as it has time for.
        cluster.Alive.Select(s => cluster.ComputeOf(s).ItemsBegun).Order().ToList().ShouldSatisfyAllConditions(
            t => t[0].ShouldBe(0), t => t[1].ShouldBeInRange(1, fits - 1));
    }

    [LongTheory(nameof(A_comparison_without_a_search_is_that_of_one_process_on_one_silo_and_on_two_of_which_one_is_lost))]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_may_be_lost_in_the_middle(bool isTheReporter)
    {
        var gate = isTheReporter ? 71 : 72;
        var embedded = Result(await EmbeddedAsync("embedded", gate));
        await using var cluster = await SilosAsync(2, "silos");
        var held = HeldTrainer.Gates.Close(gate);
        var id = await SubmitAsync(cluster, Experiment("silos", gate));
        await held.Reached;
        var reporter = await ReporterAsync(cluster, id);
        if (!isTheReporter) await Eventually.HoldsAsync(() => cluster.ComputeOf(Other(cluster, reporter)).ItemsBegun > 0);
        var killing = cluster.KillAsync(isTheReporter ? reporter : Other(cluster, reporter));
        held.Open();
        await killing;
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        Result(Path.Combine(cluster.Runs, id)).Table.ShouldBe(embedded.Table);
        SameLedger("embedded", "silos");
    }

    [Fact]
    public async Task A_comparison_without_a_search_is_that_of_one_process_on_one_silo_and_on_two_of_which_one_is_lost()
    {
        const int Gate = 73;
        var embedded = ComparedTable(await EmbeddedAsync("embedded", Comparison("embedded", Gate)));
        var errors = JsonNode.Parse(embedded)!.AsArray().Select(r => (string?)r!["error"]).ToList();
        errors.ShouldContain(e => e == null);
        errors.ShouldContain(e => e != null);
        await using var cluster = await SilosAsync(2, "silos");
        var held = HeldTrainer.Gates.Close(Gate);
        var id = await SubmitAsync(cluster, Comparison("silos", Gate));
        await held.Reached;
        var other = Other(cluster, await ReporterAsync(cluster, id));
        await Eventually.HoldsAsync(() => cluster.ComputeOf(other).ItemsBegun > 0);
        var killing = cluster.KillAsync(other);
        held.Open();
        await killing;
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        ComparedTable(Path.Combine(cluster.Runs, id)).ShouldBe(embedded);
        SameLedger("embedded", "silos");

        // The silo that is left makes all fits.
        var alone = await SubmitAsync(cluster, Comparison("alone", Gate));
        (await cluster.EndAsync(alone)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        ComparedTable(Path.Combine(cluster.Runs, alone)).ShouldBe(embedded);
    }

    private static InProcessSiloHandle Other(TestSilos cluster, InProcessSiloHandle silo) => cluster.Alive.Single(s => s != silo);

    private static async Task<InProcessSiloHandle> ReporterAsync(TestSilos cluster, string id)
    {
        var address = await cluster.Grains.GetGrain<IManagementGrain>(0)
            .GetActivationAddress(cluster.Grains.GetGrain<IReportingGrain>(id));
        return cluster.Alive.Single(s => s.SiloAddress.Equals(address));
    }
}
