using System.Runtime;

namespace Granary.Api.Operations;

/// <summary>
/// Returns memory to the operating system when a server has nothing to do. Without an allocation the runtime starts no collection, and the
/// memory of a large batch would stay with the process for as long as the server is idle.
/// </summary>
internal sealed class IdleMemory
{
    private const long Slack = 64L << 20;

    private long _left = Environment.WorkingSet;

    /// <summary>Collects if the process has grown by 64 MiB since it was started or last collected here.</summary>
    public void Release()
    {
        if (Environment.WorkingSet < _left + Slack) return;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _left = Environment.WorkingSet;
    }
}
