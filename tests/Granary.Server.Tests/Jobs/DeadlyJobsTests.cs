using System.Text;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Testing;

namespace Granary.Server.Tests.Jobs;

/// <summary>
/// Jobs in whose work the server's process ends. A killed process leaves its folder as it is at that moment, so the next one starts on a
/// copy of the folder of a server that still runs.
/// </summary>
public sealed class DeadlyJobsTests : IDisposable
{
    private static readonly string s_batch = $$"""
        { "name": "deadly",
          "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols": "ACME",
            "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 10 } } ], "portfolio": { "weights": "equal" } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-deadly-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Reports what was finished, and then works until it is cancelled.
    private sealed class EndlessRunner(params int[] finished) : IJobRunner
    {
        public TaskCompletionSource Reported { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
            CancellationToken cancellationToken)
        {
            foreach (var done in finished) progress(new JobProgress(100, done, 0, done));
            Reported.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }

    private sealed class DoneRunner : IJobRunner
    {
        public Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
            CancellationToken cancellationToken) => Task.FromResult(new JobOutcome("cafe", 1, 0.5, 1, 0));
    }

    private LocalJobs Start(string runs, IJobRunner runner) =>
        new(runs, runner, KnownJobs.Of(TestCatalogues.All, runs), TimeProvider.System);

    private string FolderOf(int life) => Path.Combine(_folder, $"runs{life}");

    // Starts servers that are killed one after another, each when its runner has reported. Returns the job's id.
    private async Task<string> KilledAsync(params IReadOnlyList<int[]> finished)
    {
        var id = "";
        for (var life = 0; life < finished.Count; life++)
        {
            var runner = new EndlessRunner(finished[life]);
            await using var jobs = Start(FolderOf(life), runner);
            if (life == 0)
            {
                var job = KnownJobs.Of(TestCatalogues.All, FolderOf(0))
                    .Read(new JobText(JobCatalogue.Backtest, Encoding.UTF8.GetBytes(s_batch), "deadly.json", _folder));
                id = (await jobs.SubmitAsync(new JobSubmission(job, "test"))).Job.Id;
            }
            await runner.Reported.Task.WaitAsync(Eventually.Longest);
            Copy(FolderOf(life), FolderOf(life + 1));
        }
        return id;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<JobStatus> EndAsync(LocalJobs jobs, string id)
    {
        JobStatus? last = null;
        await Eventually.HoldsAsync(async () => (last = await jobs.FindAsync(id)) is { Ended: true });
        return last!;
    }

    [Fact]
    public async Task A_job_in_whose_work_two_processes_ended_fails_and_runs_again_when_a_person_resumes_it()
    {
        var id = await KilledAsync([], []);
        await using var jobs = Start(FolderOf(2), new DoneRunner());
        var failed = await EndAsync(jobs, id);
        failed.State.ShouldBe(JobState.Failed);
        failed.Fault.ShouldNotBeNull().ShouldStartWith("the server's process ended 2 times while this job ran, ");
        (await jobs.ResumeAsync(id)).ShouldNotBeNull();
        (await EndAsync(jobs, id)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_job_in_whose_work_one_process_ended_runs_again()
    {
        var id = await KilledAsync([[]]);
        await using var jobs = Start(FolderOf(1), new DoneRunner());
        (await EndAsync(jobs, id)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_job_that_finished_something_new_in_each_life_is_not_deadly()
    {
        // The first report has what the earlier processes had finished.
        var id = await KilledAsync([0, 2], [2, 5], [5, 6], [6, 9]);
        await using var jobs = Start(FolderOf(4), new DoneRunner());
        (await EndAsync(jobs, id)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_job_that_a_stopped_server_left_is_not_deadly()
    {
        var id = await KilledAsync([[]]);
        for (var life = 0; life < 4; life++)
        {
            var runner = new EndlessRunner();
            await using var stopped = Start(FolderOf(1), runner);
            await runner.Reported.Task.WaitAsync(Eventually.Longest);
        }
        await using var jobs = Start(FolderOf(1), new DoneRunner());
        (await EndAsync(jobs, id)).State.ShouldBe(JobState.Done);
    }

    [Fact]
    public async Task A_job_that_failed_on_its_disk_says_so_in_one_sentence_and_is_resumed()
    {
        var id = await KilledAsync([[]]);
        var full = new AggregateException(new IOException("No space left on device : '/proc/self/fd/310/x.windows'."));
        await using (var jobs = Start(FolderOf(1), new FailingRunner(full)))
        {
            var failed = await EndAsync(jobs, id);
            (failed.State, failed.WrongInput).ShouldBe((JobState.Failed, false));
            failed.Fault.ShouldBe("the disk failed (No space left on device : '/proc/self/fd/310/x.windows'); make room in "
                + $"{FolderOf(1)}, or correct its rights, and resume the job");
        }
        await using var later = Start(FolderOf(1), new DoneRunner());
        await later.ResumeAsync(id);
        (await EndAsync(later, id)).State.ShouldBe(JobState.Done);
    }

    private sealed class FailingRunner(Exception fault) : IJobRunner
    {
        public Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
            CancellationToken cancellationToken) => Task.FromException<JobOutcome>(fault);
    }
}
