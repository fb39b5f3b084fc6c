using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;

namespace Granary.Api.Operations;

/// <summary>State of a server at one time: jobs, live sessions and disk space.</summary>
/// <param name="At">UTC.</param>
/// <param name="Queued">Jobs that wait, the oldest first.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="DiskFree">Free bytes of the disk of the runs.</param>
/// <param name="ProgressAge">Time since this server saw a job begin, end or make progress.</param>
internal sealed record ServerSample(DateTimeOffset At, IReadOnlyList<JobStatus> Queued, IReadOnlyList<JobStatus> Running,
    IReadOnlyList<SessionSample> Sessions, long DiskFree, TimeSpan ProgressAge)
{
    /// <summary>Bytes of that disk.</summary>
    public long DiskSize { get; init; }

    /// <summary>No job waits or runs, and no session trades.</summary>
    public bool IsIdle => Queued.Count + Running.Count == 0 && !Sessions.Any(s => s.View.IsRunning);

    /// <summary>How long the oldest job has waited; zero if none waits.</summary>
    public TimeSpan QueueAge => Queued.Count == 0 ? TimeSpan.Zero : At - Queued[0].SubmittedAt;
}

/// <summary>A live session at one moment.</summary>
/// <param name="BarAge">Time since this server saw its number of bars change.</param>
internal sealed record SessionSample(SessionView View, TimeSpan BarAge);
