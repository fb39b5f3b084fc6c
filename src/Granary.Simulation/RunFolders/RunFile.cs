namespace Granary.Simulation.RunFolders;

/// <summary>A file of a run's folder.</summary>
/// <param name="Length">Length in bytes; null if unknown.</param>
internal sealed record RunFile(string Name, Stream Content, long? Length) : IAsyncDisposable
{
    /// <summary>Opens a file of a folder, even while a run is writing it.</summary>
    /// <returns>null if the file does not exist.</returns>
    public static RunFile? Open(string folder, string name)
    {
        try
        {
            var stream = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
                1 << 16, useAsync: true);
            return new RunFile(name, stream, stream.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
