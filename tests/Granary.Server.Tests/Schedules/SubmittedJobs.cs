using System.Runtime.CompilerServices;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;

namespace Granary.Server.Tests.Schedules;

/// <summary>Takes jobs and lists them: one for each idempotency key. They run until a test ends them.</summary>
internal sealed class SubmittedJobs : IJobService
{
    private readonly Lock _gate = new();
    private readonly List<(JobSubmission Submission, string Id)> _all = [];
    private JobState _state = JobState.Running;

    /// <summary>Accepts a job, and ends before it answers.</summary>
    public bool Dies { get; set; }

    /// <summary>Why no job is accepted; null = each is.</summary>
    public string? Refuses { get; set; }

    public IReadOnlyList<JobSubmission> All
    {
        get
        {
            lock (_gate) return [.. _all.Select(j => j.Submission)];
        }
    }

    public string IdOf(JobSubmission job)
    {
        lock (_gate) return _all.Single(j => j.Submission == job).Id;
    }

    public void End() => _state = JobState.Done;

    public ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        if (Refuses is { } why) throw new InputException(why);
        lock (_gate)
        {
            var known = _all.Find(j => j.Submission.ScopedKey == submission.ScopedKey);
            if (known.Id is null) _all.Add(known = (submission, $"job-{_all.Count + 1}"));
            else if (!known.Submission.Job.Text.Body.AsSpan().SequenceEqual(submission.Job.Text.Body))
                throw new IdempotencyConflictException(submission.IdempotencyKey!, known.Id);
            if (Dies) throw new IOException("the process ends");
            _state = JobState.Running;
            return ValueTask.FromResult(new JobReceipt(Status(known.Id), true));
        }
    }

    public ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<JobStatus?>(Status(id));

    private JobStatus Status(string id) => new()
    {
        Id = id,
        Name = id,
        Revision = 1,
        State = _state,
        SubmittedBy = "desk",
        SubmittedAt = default,
        Progress = JobProgress.None
    };

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield return Status(id);
    }

    public ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
