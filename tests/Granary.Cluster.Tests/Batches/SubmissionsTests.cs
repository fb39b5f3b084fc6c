using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Batches;
using Granary.Contracts.Jobs;
using Granary.Contracts.Operations;
using Granary.Engine;
using Granary.Engine.Strategies.Library;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Weights;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Batches;

/// <summary>What clients do with a cluster.</summary>
[Collection<SmallBlocks>]
public sealed class SubmissionsTests(SmallBlocks.Cluster shared)
{
    // Work stops at the end of a block.
    private readonly TestSilos _cluster = shared.Silos;
    private readonly TestBatches _batches = shared.Batches;

    private string Endless => _batches.Write("endless", """
        { "name": "endless", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h" },
          "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 50 } } ] }
        """);

    [Fact]
    public async Task Two_clients_that_submit_at_once_both_get_their_results()
    {
        var other = new ClusterJobs(_cluster.Grains, TimeProvider.System, Eventually.Longest);
        var ids = await Task.WhenAll(
            Task.Run(() => _cluster.SubmitAsync(_batches.Mixed)),
            Task.Run(async () => (await other.SubmitAsync(new JobSubmission(Sweep(), "other"))).Job.Id));
        var ended = await Task.WhenAll(_cluster.EndAsync(ids[0]), _cluster.EndAsync(ids[1]));
        ended[0].Digest.ShouldBe((await _batches.EmbeddedAsync(_batches.Mixed)).Model.Digest);
        ended[1].Digest.ShouldBe((await _batches.EmbeddedAsync(_batches.Sweep)).Model.Digest);
        ended[1].SubmittedBy.ShouldBe("other");
        (await _cluster.Batches.ListAsync(new JobQuery(2))).Items.Select(s => s.Id).ShouldBe(ids, ignoreOrder: true);
    }

    private BacktestJob Sweep() => new(new BatchReader(TestCatalogues.All).Read(_batches.Sweep));

    [Fact]
    public async Task A_job_of_another_kind_runs_on_a_silo_and_is_listed_by_its_kind()
    {
        var batch = (await File.ReadAllTextAsync(_batches.Sweep)).TrimEnd();
        batch = $$"""{{batch[..^1].TrimEnd(',')}}, "walkForward": { "inSample": "8w", "outOfSample": "4w" } }""";
        var text = new JobText("walkforward", System.Text.Encoding.UTF8.GetBytes($$"""{ "kind": "walkforward", "batch": {{batch}} }"""),
            "job.json", Path.GetDirectoryName(Path.GetFullPath(_batches.Sweep))!);
        var job = KnownJobs.Of(TestCatalogues.All, "runs").Read(text);
        var id = (await _cluster.Batches.SubmitAsync(new JobSubmission(job, "test"))).Job.Id;
        var ended = await _cluster.EndAsync(id);
        (ended.State, ended.Fault, ended.Kind).ShouldBe((JobState.Done, null, "walkforward"));
        ended.Files.ShouldContain("results.json");
        (await _cluster.Batches.ListAsync(new JobQuery(10, Kind: "walkforward"))).Items.Select(j => j.Id).ShouldBe([id]);
        var alone = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            new BatchReader(TestCatalogues.All).Read("job.json", System.Text.Encoding.UTF8.GetBytes(batch), text.Folder),
            new BatchOptions { Out = Path.Combine(_cluster.Runs, "alone") });
        ended.Digest.ShouldBe(alone.Run.Model.Digest);
    }

    [Fact]
    public async Task A_submission_with_a_known_key_gives_the_same_batch_and_another_text_is_refused()
    {
        var first = await _cluster.SubmitAsync(_batches.Sweep, "monday");
        var again = await _cluster.Batches.SubmitAsync(
            new JobSubmission(Sweep(), "test", "monday"));
        (again.Job.Id, again.Created).ShouldBe((first, false));
        await Should.ThrowAsync<IdempotencyConflictException>(() => _cluster.SubmitAsync(_batches.Mixed, "monday"));
        var done = await _cluster.EndAsync(first);
        var after = await _cluster.Batches.SubmitAsync(
            new JobSubmission(Sweep(), "test", "monday"));
        (after.Job.Digest, after.Created).ShouldBe((done.Digest, false));
    }

    [Fact]
    public async Task A_cancelled_batch_stops_computing_and_stays_cancelled()
    {
        var id = await _cluster.SubmitAsync(Endless);
        await _cluster.UntilAsync(id, s => s.Progress.Bars > 0);
        _cluster.Alive.Sum(s => _cluster.ComputeOf(s).Groups).ShouldBeGreaterThan(0);
        (await _cluster.Batches.CancelAsync(id))!.State.ShouldBe(JobState.Cancelled);
        await Eventually.HoldsAsync(() => _cluster.Alive.All(s => _cluster.ComputeOf(s).Groups == 0));
        (await _cluster.Batches.CancelAsync(id))!.State.ShouldBe(JobState.Cancelled);
        (await _cluster.EndAsync(id)).State.ShouldBe(JobState.Cancelled);
        (await _cluster.RunAsync(_batches.Sweep)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_cancelled_batch_is_resumed_from_the_strategies_that_had_finished_and_has_the_same_digest()
    {
        // The bars of four hours are work of their own, which waits at the gate.
        var batch = _batches.Write("resumed", """
            { "name": "resumed", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30, 50] }, "size": { "percentOfEquity": 10 } },
                { "class": "Dawdler", "timeframe": "4h", "params": { "every": 1000, "gateAt": 100 },
                  "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
            """);
        string run;
        int begun;
        using (var gate = _cluster.Gates.Close(100))
        {
            run = await _cluster.SubmitAsync(batch);
            await gate.Reached;
            await _cluster.UntilAsync(run, s => s.Progress.Done == 3);
            (await _cluster.Batches.CancelAsync(run))!.State.ShouldBe(JobState.Cancelled);
            begun = _cluster.Alive.Sum(s => _cluster.ComputeOf(s).Begun);
        }
        (await _cluster.Batches.ResumeAsync(run))!.State.ShouldBe(JobState.Queued);
        var ended = await _cluster.EndAsync(run);
        ended.State.ShouldBe(JobState.Done);
        ended.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest);
        (_cluster.Alive.Sum(s => _cluster.ComputeOf(s).Begun) - begun).ShouldBe(1, "only the group that had not finished runs again");
        // One that is done stays as it is.
        (await _cluster.Batches.ResumeAsync(run))!.State.ShouldBe(JobState.Done);
        (await _cluster.Batches.ResumeAsync("never-submitted")).ShouldBeNull();
    }

    [Fact]
    public async Task A_drained_silo_takes_no_work_until_it_is_resumed()
    {
        var operations = new ClusterOperations(_cluster.Grains, _cluster.Computes,
            _cluster.ServiceOf<IOptions<ClusterOptions>>(_cluster.Alive[0]),
            _cluster.Batches, new ClusterSessions(_cluster.Grains, _cluster.Batches, TestCatalogues.All));
        // Batches of other tests may have ended a moment ago.
        var before = await Eventually.IsAsync(() => operations.StateAsync(), s => s.Running.Count == 0);
        before.Silos.Count.ShouldBe(2);
        before.Silos.ShouldAllBe(s => s.Status == "active" && s.Version != null && s.Threads == 1 && s.Activations > 0 && !s.Draining);
        (before.Queued.Count, before.Sessions.Count).ShouldBe((0, 0));
        var begun = _cluster.Alive.ToDictionary(s => s, s => _cluster.ComputeOf(s).Begun);
        bool HasBegun(InProcessSiloHandle silo) => _cluster.ComputeOf(silo).Begun > begun[silo];
        (await operations.CommandSiloAsync("no-such-silo", SiloCommand.Drain)).ShouldBeNull();

        (await operations.CommandSiloAsync(before.Silos[1].Name, SiloCommand.Drain))!.Draining.ShouldBeTrue();
        var ended = await _cluster.RunAsync(_batches.Mixed);
        ended.Digest.ShouldBe((await _batches.EmbeddedAsync(_batches.Mixed)).Model.Digest);
        _cluster.Alive.Select(HasBegun).Order().ShouldBe([false, true]);
        (await operations.StateAsync()).Silos.Select(s => s.Draining).ShouldBe([false, true]);

        (await operations.CommandSiloAsync(before.Silos[1].Name, SiloCommand.Resume))!.Draining.ShouldBeFalse();
        (await _cluster.RunAsync(_batches.Mixed)).Digest.ShouldBe(ended.Digest);
        _cluster.Alive.Select(HasBegun).ShouldBe([true, true]);
    }

    [Fact]
    public async Task A_strategy_of_a_running_batch_shows_how_it_stands_and_is_stopped_alone()
    {
        var batch = _batches.Write("asked", """
            { "name": "asked", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1000, "variant": [1, 2], "gateAt": 100 },
                "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
            """);
        string[] ids = [.. (await _batches.EmbeddedAsync(batch)).Model.Strategies.Select(s => s.Id)];
        var strategies = new ClusterStrategies(_cluster.Grains, _cluster.Computes);
        string run;
        using (var gate = _cluster.Gates.Close(100))
        {
            run = await _cluster.SubmitAsync(batch);
            await gate.Reached;
            (await strategies.FindAsync(run, "Nothing()@COINUSDT:1h")).ShouldBeNull();
            foreach (var unknown in (string[])["never-submitted", " ", "", "a/b"])
            {
                (await strategies.FindAsync(unknown, ids[0])).ShouldBeNull();
                (await _cluster.Batches.FindAsync(unknown)).ShouldBeNull();
            }
            // Both feeds reach the gate, and each strategy answers from the silo that runs it.
            foreach (var id in ids)
            {
                var seen = await Eventually.IsAsync(async () => await strategies.FindAsync(run, id), s => s is { Bars: > 0 });
                (seen!.Id, seen.State, seen.Error).ShouldBe((id, StrategyPhase.Running, null));
                seen.Bars.ShouldBeLessThanOrEqualTo(100);
                seen.Equity!.Value.ShouldBeGreaterThan(0);
            }
            (await strategies.StopAsync(run, ids[1], "anna"))!.State.ShouldBe(StrategyPhase.Running);
        }
        var ended = await _cluster.EndAsync(run);
        (ended.State, ended.Fault, ended.Progress.Failed).ShouldBe((JobState.Done, null, 1));
        using var results = System.Text.Json.JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(_cluster.Runs, run, "results.json")));
        var failed = results.RootElement.GetProperty("strategies").EnumerateArray().Where(s => s.ToString().Contains("stopped by anna",
            StringComparison.Ordinal)).ToList();
        failed.Select(s => s.GetProperty("id").GetString()).ShouldBe([ids[1]]);
        (await strategies.FindAsync(run, ids[0])).ShouldBeNull();
    }

    [Theory]
    [InlineData(100)]
    // Behind the last bar there is no block at which the silo could end the run.
    [InlineData(744)]
    public async Task A_strategy_that_is_stopped_before_its_outcome_has_no_part_in_any_pass_of_the_batch(int bar)
    {
        // Without events a second pass of the members gives the portfolio its trades.
        var batch = _batches.Write("passes", """
            { "name": "passes", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
                "to": "2023-02-01" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1000, "gateAt": 100 }, "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results", "prod"] }
            """);
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        var id = BatchPlan.Make(spec, spec.Data.Symbols).Instances[1].Id;
        var running = new RunningStrategies();
        running.Take(new Dictionary<string, string> { [id] = BatchStrategy.StoppedBy("anna") });
        var embedded = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_batches.Folder, "stopped"), Running = running });

        var strategies = new ClusterStrategies(_cluster.Grains, _cluster.Computes);
        string run;
        using (var gate = _cluster.Gates.Close(100, bar))
        {
            run = await _cluster.SubmitAsync(batch);
            await gate.Reached;
            var found = await Eventually.IsAsync(async () => await strategies.StopAsync(run, id, "anna"), s => s is not null);
            found!.State.ShouldBeOneOf(StrategyPhase.Waiting, StrategyPhase.Running);
            (await strategies.FindAsync(run, id))!.Error.ShouldBe("stopped by anna");
        }
        var ended = await _cluster.EndAsync(run);
        (ended.State, ended.Fault, ended.Progress.Failed, ended.Digest).ShouldBe((JobState.Done, null, 1, embedded.Model.Digest));
        var folder = Path.Combine(_cluster.Runs, run);
        (await File.ReadAllTextAsync(Path.Combine(folder, "results.json"))).ShouldContain("stopped by anna");
        (await File.ReadAllTextAsync(Path.Combine(folder, "prod.json"))).ShouldNotContain(id);
    }

    [Fact]
    public async Task A_batch_whose_end_the_list_missed_and_one_that_was_never_stored_give_their_places_back()
    {
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BatchesAtOnce = 2, Tick = TimeSpan.FromMilliseconds(20) });
        var list = cluster.Grains.GetGrain<IJobListGrain>(IJobListGrain.Key);
        var ended = await cluster.SubmitAsync(_batches.Sweep);
        (await cluster.EndAsync(ended)).State.ShouldBe(JobState.Done);
        await Eventually.HoldsAsync(async () => (await list.UnfinishedAsync()).Count == 0);
        // As after the loss of a silo between the batch's end and the write of the list, and before the batch's first write.
        foreach (var leaked in new[] { ended, "never-stored" }) (await list.AddAsync(leaked, memory: 0)).ShouldBeTrue();
        (await list.UnfinishedAsync()).ShouldBe([ended, "never-stored"]);
        var next = await cluster.SubmitAsync(_batches.Sweep);
        (await cluster.EndAsync(next)).State.ShouldBe(JobState.Done);
        await Eventually.HoldsAsync(async () => (await list.UnfinishedAsync()).Count == 0);
        (await list.NewestAsync(10)).ShouldContain(ended);
    }

    [Fact]
    public async Task Batches_run_at_once_as_far_as_their_memory_together_fits_into_a_silo()
    {
        await using var cluster = await TestSilos.StartAsync(1,
            s => s with { BatchesAtOnce = 3, Memory = 100, Tick = TimeSpan.FromMinutes(1) });
        var list = cluster.Grains.GetGrain<IJobListGrain>(IJobListGrain.Key);
        foreach (var (run, memory) in new[] { ("large", 150.0), ("small", 30), ("middle", 60), ("other", 20) })
            (await list.AddAsync(run, memory)).ShouldBeTrue();
        async Task<IReadOnlyList<string>> RunningAsync()
        {
            var running = new List<string>();
            foreach (var run in await list.UnfinishedAsync())
                if (await list.MayStartAsync(run)) running.Add(run);
            return running;
        }
        (await RunningAsync()).ShouldBe(["large"], "the oldest has a place in any case");
        await list.EndedAsync("large");
        (await RunningAsync()).ShouldBe(["small", "middle"]);
        await list.EndedAsync("small");
        (await RunningAsync()).ShouldBe(["middle", "other"]);
    }

    [Fact]
    public async Task An_unknown_class_a_missing_file_and_an_unknown_batch_are_errors_of_one_sentence()
    {
        var unknown = _batches.Write("unknown", """
            { "name": "unknown", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h" }, "strategies":
              [ { "class": "SmaCros" } ] }
            """);
        var missing = _batches.Write("missing", """
            { "name": "missing", "data": { "source": "csv:data/1h", "symbols": "NONE", "timeframe": "1h" }, "strategies":
              [ { "class": "SmaCross" } ] }
            """);
        var faults = new List<string>();
        foreach (var batch in new[] { unknown, missing })
        {
            var status = await _cluster.RunAsync(batch);
            status.State.ShouldBe(JobState.Failed);
            faults.Add(status.Fault!);
        }
        faults[0].ShouldContain("did you mean 'SmaCross'?");
        faults[1].ShouldContain("NONE");
        foreach (var fault in faults) fault.ShouldNotContain("\n");
        (await _cluster.Batches.FindAsync("never-submitted")).ShouldBeNull();
        (await _cluster.Batches.CancelAsync("never-submitted")).ShouldBeNull();
        (await _cluster.Batches.OpenFileAsync("never-submitted", "results.json")).ShouldBeNull();
    }

    [Fact]
    public async Task Weights_have_versions_and_a_change_that_was_decided_on_an_old_one_is_refused()
    {
        var weights = new ClusterWeights(_cluster.Grains);
        (await weights.FindAsync("main")).ShouldBeNull();
        var first = await weights.SetAsync("main", 0, new Dictionary<string, double> { ["b"] = 0.5, ["a"] = 1 }, "anna", "start");
        first.Version.ShouldBe(1);
        first.Weights.Keys.ShouldBe(["a", "b"]);
        (await weights.SetAsync("main", 1, new Dictionary<string, double> { ["a"] = 0 }, "ben", "off")).Version.ShouldBe(2);
        (await Should.ThrowAsync<StaleWeightsException>(async () => await weights.SetAsync("main", 1,
            new Dictionary<string, double> { ["a"] = 2 }, "carl", "late"))).Current.ShouldBe(2);
        (await weights.HistoryAsync("main")).Select(w => w.Who).ShouldBe(["ben", "anna"]);
        await Should.ThrowAsync<InputException>(async () => await weights.SetAsync("main", 2,
            new Dictionary<string, double> { ["a"] = double.NaN }, "carl", "wrong"));
    }
}
