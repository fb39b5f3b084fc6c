// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>All that is known of a job at one moment. It is complete: a reader that missed earlier ones has missed nothing.</summary>
public sealed record JobStatus
{
    public required string Id { get; init; }

    /// <summary>The name of its JobKind.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Grows with each change of this job; what server-sent events are numbered by.</summary>
    public required long Revision { get; init; }

    public required JobState State { get; init; }

    public required string SubmittedBy { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public required JobProgress Progress { get; init; }

    /// <summary>Bars times strategies, as it was estimated at the submission; 0 where it was not.</summary>
    public required double Work { get; init; }

    /// <summary>The job's own clock: of a run from the first bar read to the results being ready; null until then.</summary>
    public double? Seconds { get; init; }

    /// <summary>Of a run; null until done, and for jobs that make no run.</summary>
    public string? Digest { get; init; }

    /// <summary>Closed trades of all strategies of a run; null until done.</summary>
    public long? Trades { get; init; }

    /// <summary>One sentence; null unless failed.</summary>
    public string? Fault { get; init; }

    /// <summary>The fault lies in the job or its data: run again as it is, it would fail again.</summary>
    public required bool WrongInput { get; init; }

    /// <summary>Names of its files, ordered; empty until done.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public required bool Ended { get; init; }
}
