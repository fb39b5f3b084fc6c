using Granary.Contracts.Jobs;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.JobStatus")]
public readonly record struct JobStatusWire(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] long Revision,
    [property: Id(3)] int State,
    [property: Id(4)] string SubmittedBy,
    [property: Id(5)] DateTimeOffset SubmittedAt,
    [property: Id(6)] DateTimeOffset? StartedAt,
    [property: Id(7)] DateTimeOffset? FinishedAt,
    [property: Id(8)] JobProgress Progress,
    [property: Id(9)] double? Seconds,
    [property: Id(10)] string? Digest,
    [property: Id(11)] long? Trades,
    [property: Id(12)] string? Fault,
    [property: Id(13)] string[] Files,
    [property: Id(14)] bool WrongInput,
    [property: Id(15)] string Kind,
    [property: Id(16)] double Work = 0,
    [property: Id(17)] string[]? Runs = null);

[RegisterConverter]
public sealed class JobStatusConverter : IConverter<JobStatus, JobStatusWire>
{
    public JobStatus ConvertFromSurrogate(in JobStatusWire s) => new()
    {
        Id = s.Id,
        Name = s.Name,
        Revision = s.Revision,
        State = (JobState)s.State,
        SubmittedBy = s.SubmittedBy,
        SubmittedAt = s.SubmittedAt,
        StartedAt = s.StartedAt,
        FinishedAt = s.FinishedAt,
        Progress = s.Progress,
        Seconds = s.Seconds,
        Digest = s.Digest,
        Trades = s.Trades,
        Fault = s.Fault,
        Files = s.Files,
        WrongInput = s.WrongInput,
        Kind = s.Kind,
        Work = s.Work,
        Runs = s.Runs ?? [],
    };

    public JobStatusWire ConvertToSurrogate(in JobStatus v) =>
        new(v.Id, v.Name, v.Revision, (int)v.State, v.SubmittedBy, v.SubmittedAt, v.StartedAt, v.FinishedAt,
        v.Progress, v.Seconds, v.Digest, v.Trades, v.Fault, [.. v.Files], v.WrongInput, v.Kind, v.Work, [.. v.Runs]);
}
