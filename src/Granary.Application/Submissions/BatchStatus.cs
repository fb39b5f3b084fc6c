namespace Granary.Application.Submissions;

/// <summary>Where a batch stands in its life.</summary>
public enum BatchState
{
    /// <summary>Accepted and durable; no work has begun.</summary>
    Queued,

    Running,

    /// <summary>All files of the run are there.</summary>
    Done,

    /// <summary>
    /// The batch as a whole gave up; <see cref="BatchStatus.Fault"/> says why. A strategy that fails alone does not fail its batch.
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
public sealed record SubmissionProgress(int Strategies, int Done, int Failed, long Bars, long BarsTotal = 0, string? Stage = null)
{
    public static SubmissionProgress None { get; } = new(0, 0, 0, 0);
}

/// <summary>All that is known of a batch at one moment. It is complete: a reader that missed earlier ones has missed nothing.</summary>
public sealed record BatchStatus
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Grows with each change of this batch; what server-sent events are numbered by.</summary>
    public required long Revision { get; init; }

    public required BatchState State { get; init; }

    public required string SubmittedBy { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public SubmissionProgress Progress { get; init; } = SubmissionProgress.None;

    /// <summary>The batch's own clock, from the first bar read to the results being ready; null until then.</summary>
    public double? Seconds { get; init; }

    public string? Digest { get; init; }

    /// <summary>Closed trades of all strategies; null until done.</summary>
    public long? Trades { get; init; }

    /// <summary>One sentence; null unless failed.</summary>
    public string? Fault { get; init; }

    /// <summary>The fault lies in the batch or its data: run again as it is, it would fail again.</summary>
    public bool WrongInput { get; init; }

    /// <summary>Names of the run's files, ordered; empty until done.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public bool Ended => State is BatchState.Done or BatchState.Failed or BatchState.Cancelled;
}
