namespace Granary.Simulation.RunFolders;

/// <summary>A file of a run's folder.</summary>
/// <param name="Length">Bytes; null where not known beforehand.</param>
public sealed record RunFile(string Name, Stream Content, long? Length) : IAsyncDisposable
{
    /// <summary>Opens a file of a folder; a run may be writing it.</summary>
    /// <returns>null where it is absent.</returns>
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
