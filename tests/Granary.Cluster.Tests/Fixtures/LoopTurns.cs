namespace Granary.Cluster.Tests.Fixtures;

/// <summary>How often all loopers of one cluster together have turned.</summary>
public sealed class LoopTurns
{
    private volatile int _count;

    public int Count { get => _count; set => _count = value; }
}
