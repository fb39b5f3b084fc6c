namespace Granary.Cluster.Grains.Feeds;

/// <summary>Memory of a silo for the blocks of its feeds; a feed that gets none keeps its newest blocks only.</summary>
internal sealed class FeedMemory
{
    /// <summary>Bytes of a bar in a block.</summary>
    public const int BytesOfBar = 48;

    private const long Most = 256L << 20;

    private long _used;

    /// <returns>false if there is no room.</returns>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= Most) return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
