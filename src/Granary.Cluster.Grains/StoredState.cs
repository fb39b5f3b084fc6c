namespace Granary.Cluster.Grains;

/// <summary>Writes grain states so that memory never differs from storage after a failure.</summary>
internal static class StoredState
{
    /// <summary>
    /// Writes or clears a state that the grain has changed. If this fails, by a version conflict or because storage is unreachable, the
    /// activation ends, and the next call reads the stored state.
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
