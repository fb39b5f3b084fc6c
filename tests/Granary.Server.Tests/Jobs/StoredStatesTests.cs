using System.Text;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Storage.Tests.Files;
using Granary.Testing;

namespace Granary.Server.Tests.Jobs;

/// <summary>A state of a job is shown only when it is stored: what was shown is there after a crash.</summary>
public sealed class StoredStatesTests : IDisposable
{
    private readonly string _runs = Directory.CreateTempSubdirectory("granary-stored-").FullName;
    private readonly FaultyDisk _disk = new();
    private readonly Gate _gate = new();

    public void Dispose() => Directory.Delete(_runs, recursive: true);

    // Works until the test ends it.
    private sealed class Gate : IJobRunner
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
            CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            await End.Task.WaitAsync(cancellationToken);
            return new JobOutcome("cafe", 1, 0.5, 1, 0);
        }
    }

    private LocalJobs Start() => new(_runs, _gate, KnownJobs.Of(TestCatalogues.All, _runs), TimeProvider.System,
        new LocalJobsOptions { Disk = _disk });

    private async Task<JobStatus> SubmitAsync(LocalJobs jobs, string name, string? key = null)
    {
        var text = $$"""
            { "name": "{{name}}",
              "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols": "ACME",
                "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 10 } } ], "portfolio": { "weights": "equal" } }
            """;
        var job = KnownJobs.Of(TestCatalogues.All, _runs).Read(new JobText(JobCatalogue.Backtest, Encoding.UTF8.GetBytes(text), "job.json",
            _runs));
        return (await jobs.SubmitAsync(new JobSubmission(job, "test", key))).Job;
    }

    private void Full(string id) => _disk.Fails = (what, path) => what == "rename" && path.Contains(id, StringComparison.Ordinal);

    private static async Task<JobStatus> EndedAsync(LocalJobs jobs, string id)
    {
        await Eventually.HoldsAsync(async () => (await jobs.FindAsync(id))!.Ended);
        return (await jobs.FindAsync(id))!;
    }

    [Fact]
    public async Task A_resumption_that_cannot_be_stored_is_refused_and_one_after_it_runs()
    {
        await using var jobs = Start();
        var first = await SubmitAsync(jobs, "first");
        await _gate.Begun.Task.WaitAsync(Eventually.Longest);
        var id = (await SubmitAsync(jobs, "second")).Id;
        await jobs.CancelAsync(id);
        Full(id);
        await Should.ThrowAsync<ServiceUnavailableException>(async () => await jobs.ResumeAsync(id));
        (await jobs.FindAsync(id))!.State.ShouldBe(JobState.Cancelled);
        _disk.Fails = (_, _) => false;
        (await jobs.ResumeAsync(id))!.State.ShouldBe(JobState.Queued);
        _gate.End.SetResult();
        (await EndedAsync(jobs, id)).State.ShouldBe(JobState.Done);
        (await EndedAsync(jobs, first.Id)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_cancellation_that_cannot_be_stored_is_refused_and_the_job_still_waits()
    {
        await using var jobs = Start();
        await SubmitAsync(jobs, "first");
        await _gate.Begun.Task.WaitAsync(Eventually.Longest);
        var id = (await SubmitAsync(jobs, "second")).Id;
        Full(id);
        await Should.ThrowAsync<ServiceUnavailableException>(async () => await jobs.CancelAsync(id));
        (await jobs.FindAsync(id))!.State.ShouldBe(JobState.Queued);
    }

    [Fact]
    public async Task An_end_is_shown_when_it_is_stored_and_the_fault_of_the_disk_until_then()
    {
        await using var jobs = Start();
        var id = (await SubmitAsync(jobs, "first")).Id;
        await _gate.Begun.Task.WaitAsync(Eventually.Longest);
        Full(id);
        _gate.End.SetResult();
        await Eventually.HoldsAsync(() => jobs.Fault is not null);
        (await jobs.FindAsync(id))!.State.ShouldBe(JobState.Running);
        _disk.Fails = (_, _) => false;
        (await EndedAsync(jobs, id)).State.ShouldBe(JobState.Done);
        jobs.Fault.ShouldBeNull();
        await using var again = Start();
        (await again.FindAsync(id))!.State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_refused_submission_leaves_no_job_for_the_next_start()
    {
        await using (var jobs = Start())
        {
            _disk.Fails = (what, path) => what == "sync" && path.EndsWith(".submission", StringComparison.Ordinal)
                && File.Exists(Path.Combine(path, "status.json"));
            await Should.ThrowAsync<ServiceUnavailableException>(() => SubmitAsync(jobs, "first", "key"));
            _disk.Fails = (_, _) => false;
            await SubmitAsync(jobs, "first", "key");
        }
        await using var again = Start();
        (await again.ListAsync(new JobQuery(10))).Items.Count.ShouldBe(1);
    }
}
