namespace Granary.Storage.Files;

/// <summary>An open folder. Paths below <see cref="Path"/> stay in it, also after its own path leads elsewhere.</summary>
internal sealed class OpenFolder : IDisposable
{
    private readonly PinnedPath? _pinned;

    internal OpenFolder(string path, PinnedPath? pinned) => (Path, _pinned) = (path, pinned);

    /// <summary>The path through which the folder is used until it is closed. Messages show the path that a person knows.</summary>
    public string Path { get; }

    public void Dispose() => _pinned?.Dispose();
}
