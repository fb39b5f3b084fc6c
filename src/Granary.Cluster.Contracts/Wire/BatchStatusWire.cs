using Granary.Application.Submissions;
using Granary.Application.Weights;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.BatchStatus")]
public readonly record struct BatchStatusWire(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] long Revision,
    [property: Id(3)] int State,
    [property: Id(4)] string SubmittedBy,
    [property: Id(5)] DateTimeOffset SubmittedAt,
    [property: Id(6)] DateTimeOffset? StartedAt,
    [property: Id(7)] DateTimeOffset? FinishedAt,
    [property: Id(8)] SubmissionProgress Progress,
    [property: Id(9)] double? Seconds,
    [property: Id(10)] string? Digest,
    [property: Id(11)] long? Trades,
    [property: Id(12)] string? Fault,
    [property: Id(13)] string[] Files,
    [property: Id(14)] bool WrongInput);

[RegisterConverter]
public sealed class BatchStatusConverter : IConverter<BatchStatus, BatchStatusWire>
{
    public BatchStatus ConvertFromSurrogate(in BatchStatusWire s) => new()
    {
        Id = s.Id,
        Name = s.Name,
        Revision = s.Revision,
        State = (BatchState)s.State,
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
    };

    public BatchStatusWire ConvertToSurrogate(in BatchStatus v) =>
        new(v.Id, v.Name, v.Revision, (int)v.State, v.SubmittedBy, v.SubmittedAt, v.StartedAt, v.FinishedAt,
        v.Progress, v.Seconds, v.Digest, v.Trades, v.Fault, [.. v.Files], v.WrongInput);
}
