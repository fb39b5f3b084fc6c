namespace Granary.Contracts.Jobs;

/// <summary>The state of a job.</summary>
public enum JobState
{
    /// <summary>Accepted and durable; no work has begun.</summary>
    Queued,

    Running,

    /// <summary>Its work has succeeded and all its files are written.</summary>
    Done,

    /// <summary>
    /// The job failed; <see cref="JobStatus.Fault"/> gives the reason. The failure of a single strategy does not fail its batch.
    /// </summary>
    Failed,

    Cancelled,
}

/// <summary>How far the work has come.</summary>
/// <param name="Strategies">Strategies of the batch; 0 until it is planned.</param>
/// <param name="Done">Strategies that have finished or failed.</param>
/// <param name="Failed">Strategies that have failed.</param>
/// <param name="Bars">Bar evaluations so far: bars times the strategies that saw them.</param>
/// <param name="BarsTotal">The bar evaluations of the whole batch; 0 until the number is known.</param>
/// <param name="Stage">The current step, in words.</param>
public sealed record JobProgress(int Strategies, int Done, int Failed, long Bars, long BarsTotal = 0, string? Stage = null)
{
    public static JobProgress None { get; } = new(0, 0, 0, 0);

    /// <summary>Load of the process that computes; in a cluster, of the silo that controls the run. Null until it is measured.</summary>
    public ProcessLoad? Load { get; init; }

    /// <summary>The best strategies of a backtest so far, the best first; null for other jobs.</summary>
    public IReadOnlyList<StrategyLeader>? Leaders { get; init; }
}

/// <summary>The complete status of a job at one moment: a reader does not need any earlier status.</summary>
public sealed record JobStatus
{
    public required string Id { get; init; }

    /// <summary>The name of its JobKind.</summary>
    public string Kind { get; init; } = "backtest";

    public required string Name { get; init; }

    /// <summary>Increases with each change of this job; the id of its server-sent events.</summary>
    public required long Revision { get; init; }

    public required JobState State { get; init; }

    public required string SubmittedBy { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public JobProgress Progress { get; init; } = JobProgress.None;

    /// <summary>Bars times strategies, as estimated at the submission; 0 if there is no estimate.</summary>
    public double Work { get; init; }

    /// <summary>Ids of the runs of this server that the job reads, for example the run that a verify job repeats.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>The C# files that the batch of the job carries; none for other jobs.</summary>
    public IReadOnlyList<JobCode> Code { get; init; } = [];

    /// <summary>The job's duration; for a run, from the first bar read until the results are ready. Null until then.</summary>
    public double? Seconds { get; init; }

    /// <summary>The digest of the run; null until done, and for jobs that make no run.</summary>
    public string? Digest { get; init; }

    /// <summary>Closed trades of all strategies of a run; null until done.</summary>
    public long? Trades { get; init; }

    /// <summary>One sentence; null unless failed.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether the job or its data caused the fault, so that the same job would fail again.</summary>
    public bool WrongInput { get; init; }

    /// <summary>Whether the job can be taken up again: it was cancelled, or failed for a reason that is not its input.</summary>
    public bool CanResume() => State == JobState.Cancelled || State == JobState.Failed && !WrongInput;

    /// <summary>Names of its files, ordered; empty until done.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public bool Ended => State is JobState.Done or JobState.Failed or JobState.Cancelled;
}

/// <summary>A C# file that the batch of a job carries.</summary>
/// <param name="Name">File name.</param>
/// <param name="Sha256">SHA-256 of its text, lower-case hex.</param>
public sealed record JobCode(string Name, string Sha256);

/// <summary>Jobs, the newest first.</summary>
/// <param name="Next">The cursor of the next page; null where this is the last.</param>
public sealed record JobPage(IReadOnlyList<JobStatus> Items, string? Next) : IPage<JobStatus>;

/// <summary>The load of a process.</summary>
/// <param name="CpuPercent">Processor use over about the last second, in percent of one processor: 200 means two busy processors.</param>
/// <param name="MemoryBytes">Physical memory of the process.</param>
/// <param name="Waiting">Pieces of work that have not begun: feeds in one process, strategy groups in a cluster.</param>
public sealed record ProcessLoad(double CpuPercent, long MemoryBytes, int Waiting);

/// <summary>One of the best strategies of a batch so far.</summary>
/// <param name="Sharpe">Annualised; null if it is undefined because nothing was lost.</param>
/// <param name="TotalReturn">Fraction.</param>
/// <param name="MaxDrawdown">Positive fraction of the peak.</param>
public sealed record StrategyLeader(string Id, double? Sharpe, double TotalReturn, double MaxDrawdown, long Trades);
