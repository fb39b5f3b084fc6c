using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Notifications;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;
using Granary.Testing;

namespace Granary.Server.Tests.Notifications;

/// <summary>The end of a job is reported at least once, also over restarts of the server.</summary>
public sealed class JobWatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-watch-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ListedJobs _jobs = new();
    private readonly List<string> _ended = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JobWatch Start() => new(_jobs, new FileOutboxStore(_folder), _clock);

    private Task ReadAsync(JobWatch watch) => watch.ReadAsync(j => _ended.Add(j.Id), TestContext.Current.CancellationToken);

    private void End(string id) => _jobs.All.Add(new JobStatus
    {
        Id = id,
        Name = id,
        Revision = 2,
        State = JobState.Done,
        SubmittedBy = "test",
        SubmittedAt = _clock.GetUtcNow(),
        FinishedAt = _clock.GetUtcNow(),
    });

    [Fact]
    public async Task Jobs_that_ended_before_the_first_start_are_not_reported()
    {
        End("old");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await ReadAsync(Start());
        _ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_ends_between_the_first_start_and_a_crash_is_reported_by_the_next_start()
    {
        await ReadAsync(Start());
        _clock.Advance(TimeSpan.FromMinutes(10));
        End("first");
        _clock.Advance(TimeSpan.FromMinutes(10));
        await ReadAsync(Start());
        _ended.ShouldBe(["first"]);
    }

    [Fact]
    public async Task An_end_whose_notification_cannot_be_stored_is_reported_again()
    {
        var watch = Start();
        await ReadAsync(watch);
        _clock.Advance(TimeSpan.FromMinutes(10));
        End("first");
        await Should.ThrowAsync<IOException>(() => watch.ReadAsync(_ => throw new IOException("full"), default));
        _clock.Advance(TimeSpan.FromMinutes(10));
        await ReadAsync(watch);
        _ended.ShouldBe(["first"]);
        _clock.Advance(TimeSpan.FromMinutes(10));
        End("second");
        await ReadAsync(watch);
        _ended.Distinct().ShouldBe(["first", "second"]);
    }

    private sealed class ListedJobs : IJobService
    {
        public List<JobStatus> All { get; } = [];

        public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(query.Of(All.AsEnumerable().Reverse()));

        public ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
