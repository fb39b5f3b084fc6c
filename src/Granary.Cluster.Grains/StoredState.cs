namespace Granary.Cluster.Grains;

/// <summary>Writes of grain states whose memory never runs ahead of storage.</summary>
internal static class StoredState
{
    /// <summary>
    /// Writes or clears a state that the grain has changed. Where that fails, by a version conflict or since the storage is away, the
    /// activation ends: the next call reads what is stored.
    /// </summary>
    public static async Task WriteAsync(IGrainBase grain, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
