using Granary.Application.Batches;
using Granary.Application.JobKinds;
using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Application.Weights;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Tests.Fixtures;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>What clients do with a cluster.</summary>
public sealed class SubmissionsTests : IAsyncLifetime
{
    private readonly TestBatches _batches = new();
    private TestSilos _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        // Small blocks: work stops at the end of one.
        _cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 16 });
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _batches.Dispose();
    }

    private string Endless => _batches.Write("endless", """
        { "name": "endless", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h" },
          "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 50 } } ] }
        """);

    [Fact]
    public async Task Two_clients_that_submit_at_once_both_get_their_results()
    {
        var other = new ClusterJobs(_cluster.Grains, TimeProvider.System, TimeSpan.FromMinutes(3));
        var ids = await Task.WhenAll(
            Task.Run(() => _cluster.SubmitAsync(_batches.Mixed)),
            Task.Run(async () => (await other.SubmitAsync(new JobSubmission(Sweep(), "other"))).Job.Id));
        var ended = await Task.WhenAll(_cluster.EndAsync(ids[0]), _cluster.EndAsync(ids[1]));
        ended[0].Digest.ShouldBe((await _batches.EmbeddedAsync(_batches.Mixed)).Model.Digest);
        ended[1].Digest.ShouldBe((await _batches.EmbeddedAsync(_batches.Sweep)).Model.Digest);
        ended[1].SubmittedBy.ShouldBe("other");
        (await _cluster.Batches.ListAsync(new JobQuery(10))).Items.Select(s => s.Id).ShouldBe(ids, ignoreOrder: true);
    }

    private BacktestJob Sweep() => new(new BatchReader(TestCatalogues.All).Read(_batches.Sweep));

    [Fact]
    public async Task A_job_of_another_kind_runs_on_a_silo_and_is_listed_by_its_kind()
    {
        var batch = (await File.ReadAllTextAsync(_batches.Sweep)).TrimEnd();
        batch = $$"""{{batch[..^1].TrimEnd(',')}}, "walkForward": { "inSample": "8w", "outOfSample": "4w" } }""";
        var text = new JobText("walkforward", System.Text.Encoding.UTF8.GetBytes($$"""{ "kind": "walkforward", "batch": {{batch}} }"""),
            "job.json", Path.GetDirectoryName(Path.GetFullPath(_batches.Sweep))!);
        var job = KnownJobs.Of(TestCatalogues.All).Read(text);
        var id = (await _cluster.Batches.SubmitAsync(new JobSubmission(job, "test"))).Job.Id;
        var ended = await _cluster.EndAsync(id);
        (ended.State, ended.Fault, ended.Kind).ShouldBe((JobState.Done, null, "walkforward"));
        ended.Files.ShouldContain("results.json");
        (await _cluster.Batches.ListAsync(new JobQuery(10, Kind: "walkforward"))).Items.Select(j => j.Id).ShouldBe([id]);
        var alone = await new Granary.Application.WalkForward.WalkForwardRunner(TimeProvider.System).RunAsync(
            new BatchReader(TestCatalogues.All).Read("job.json", System.Text.Encoding.UTF8.GetBytes(batch), text.Folder),
            new Granary.Application.Runs.BatchOptions { Out = Path.Combine(_cluster.Runs, "alone") });
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
