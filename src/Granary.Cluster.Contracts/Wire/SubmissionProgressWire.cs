using Granary.Application.Submissions;
using Granary.Application.Weights;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.SubmissionProgress")]
public readonly record struct SubmissionProgressWire(
    [property: Id(0)] int Strategies,
    [property: Id(1)] int Done,
    [property: Id(2)] int Failed,
    [property: Id(3)] long Bars,
    [property: Id(4)] long BarsTotal,
    [property: Id(5)] string? Stage);

[RegisterConverter]
public sealed class SubmissionProgressConverter : IConverter<SubmissionProgress, SubmissionProgressWire>
{
    public SubmissionProgress ConvertFromSurrogate(in SubmissionProgressWire s) =>
        new(s.Strategies, s.Done, s.Failed, s.Bars, s.BarsTotal, s.Stage);

    public SubmissionProgressWire ConvertToSurrogate(in SubmissionProgress v) =>
        new(v.Strategies, v.Done, v.Failed, v.Bars, v.BarsTotal, v.Stage);
}
