// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>How busy a process is.</summary>
public sealed record ProcessLoad
{
    /// <summary>Of one processor, over the last second or so: 200 are two busy processors.</summary>
    public required double CpuPercent { get; init; }

    /// <summary>Physical memory of the process.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Pieces of work that have not begun: feeds in one process, strategy groups in a cluster.</summary>
    public required int Waiting { get; init; }
}
