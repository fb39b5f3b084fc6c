using Granary.Contracts.Jobs;

namespace Granary.Cluster.Wire;

[GenerateSerializer, Alias("granary.JobProgress")]
public readonly record struct JobProgressWire(
    [property: Id(0)] int Strategies,
    [property: Id(1)] int Done,
    [property: Id(2)] int Failed,
    [property: Id(3)] long Bars,
    [property: Id(4)] long BarsTotal,
    [property: Id(5)] string? Stage,
    [property: Id(6)] double? CpuPercent = null,
    [property: Id(7)] long MemoryBytes = 0,
    [property: Id(8)] int Waiting = 0,
    [property: Id(9)] IReadOnlyList<StrategyLeader>? Leaders = null);

[RegisterConverter]
public sealed class JobProgressConverter : IConverter<JobProgress, JobProgressWire>
{
    public JobProgress ConvertFromSurrogate(in JobProgressWire s) =>
        new(s.Strategies, s.Done, s.Failed, s.Bars, s.BarsTotal, s.Stage)
        {
            Load = s.CpuPercent is { } percent ? new ProcessLoad(percent, s.MemoryBytes, s.Waiting) : null,
            Leaders = s.Leaders,
        };

    public JobProgressWire ConvertToSurrogate(in JobProgress v) =>
        new(v.Strategies, v.Done, v.Failed, v.Bars, v.BarsTotal, v.Stage, v.Load?.CpuPercent, v.Load?.MemoryBytes ?? 0,
            v.Load?.Waiting ?? 0, v.Leaders);
}
