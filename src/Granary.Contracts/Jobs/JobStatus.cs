namespace Granary.Contracts.Jobs;

/// <summary>The state of a job.</summary>
public enum JobState
{
    /// <summary>Accepted and durable; no work has begun.</summary>
    Queued,

    Running,

    /// <summary>All its files are there.</summary>
    Done,

    /// <summary>
    /// The job as a whole gave up; <see cref="JobStatus.Fault"/> says why. A strategy that fails alone does not fail its batch.
    /// </summary>
    Failed,

    Cancelled,
}

/// <summary>How far the work has come.</summary>
/// <param name="Strategies">Strategies of the batch; 0 until it is planned.</param>
/// <param name="Done">Of them, those whose results are in, failed ones included.</param>
/// <param name="Failed">Of those, the ones that failed alone.</param>
/// <param name="Bars">Bar evaluations so far: bars times the strategies that saw them.</param>
/// <param name="BarsTotal">The same when all is done; 0 until it is known.</param>
/// <param name="Stage">A word for what is being done.</param>
public sealed record JobProgress(int Strategies, int Done, int Failed, long Bars, long BarsTotal = 0, string? Stage = null)
{
    public static JobProgress None { get; } = new(0, 0, 0, 0);

    /// <summary>Of the process that computes, in a cluster of the silo that controls the run; null until it is measured.</summary>
    public ProcessLoad? Load { get; init; }

    /// <summary>The best strategies of a backtest so far, the best first; null for other jobs.</summary>
    public IReadOnlyList<StrategyLeader>? Leaders { get; init; }
}

/// <summary>All that is known of a job at one moment. It is complete: a reader that missed earlier ones has missed nothing.</summary>
public sealed record JobStatus
{
    public required string Id { get; init; }

    /// <summary>The name of its JobKind.</summary>
    public string Kind { get; init; } = "backtest";

    public required string Name { get; init; }

    /// <summary>Grows with each change of this job; what server-sent events are numbered by.</summary>
    public required long Revision { get; init; }

    public required JobState State { get; init; }

    public required string SubmittedBy { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public JobProgress Progress { get; init; } = JobProgress.None;

    /// <summary>Bars times strategies, as it was estimated at the submission; 0 where it was not.</summary>
    public double Work { get; init; }

    /// <summary>Ids of the runs of this server that the job reads, as verify does.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>The job's own clock: of a run from the first bar read to the results being ready; null until then.</summary>
    public double? Seconds { get; init; }

    /// <summary>Of a run; null until done, and for jobs that make no run.</summary>
    public string? Digest { get; init; }

    /// <summary>Closed trades of all strategies of a run; null until done.</summary>
    public long? Trades { get; init; }

    /// <summary>One sentence; null unless failed.</summary>
    public string? Fault { get; init; }

    /// <summary>The fault lies in the job or its data: run again as it is, it would fail again.</summary>
    public bool WrongInput { get; init; }

    /// <summary>Names of its files, ordered; empty until done.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public bool Ended => State is JobState.Done or JobState.Failed or JobState.Cancelled;
}

/// <summary>Jobs, the newest first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record JobPage(IReadOnlyList<JobStatus> Items, string? Next) : IPage<JobStatus>;

/// <summary>The load of a process.</summary>
/// <param name="CpuPercent">Of one processor, over the last second or so: 200 are two busy processors.</param>
/// <param name="MemoryBytes">Physical memory of the process.</param>
/// <param name="Waiting">Pieces of work that have not begun: feeds in one process, strategy groups in a cluster.</param>
public sealed record ProcessLoad(double CpuPercent, long MemoryBytes, int Waiting);

/// <summary>One of the best strategies of a batch so far.</summary>
/// <param name="Sharpe">Annualised.</param>
/// <param name="TotalReturn">Fraction.</param>
/// <param name="MaxDrawdown">Positive fraction of the peak.</param>
public sealed record StrategyLeader(string Id, double Sharpe, double TotalReturn, double MaxDrawdown, long Trades);
