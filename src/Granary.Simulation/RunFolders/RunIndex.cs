using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Storage.Files;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// Caches the manifests of a folder of runs in one file, so that 10,000 runs can be listed without opening each manifest. An entry is valid
/// only if its manifest still has the recorded write time, so the file may be outdated or missing.
/// </summary>
/// <param name="folder">The folder of all runs.</param>
internal sealed class RunIndex(string folder)
{
    private const int Version = 3;

    /// <param name="Written">Times at which the manifest and the name were written, UTC ticks, added up.</param>
    /// <param name="Summary">Null if the manifest cannot be read.</param>
    internal sealed record Entry(string Id, long Written, RunSummary? Summary);

    private sealed record Content(int Version, IReadOnlyList<Entry> Runs);

    // Not a valid run name, because it begins with a dot.
    private string FilePath => Path.Combine(folder, ".runs.json");

    /// <summary>Returns the entries of the file; none if it is missing or has a different version.</summary>
    public IReadOnlyList<Entry> Read()
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(FilePath), JsonSerializerOptions.Web);
            return content is { Version: Version, Runs: not null } ? content.Runs : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    /// <summary>Replaces the file. Does nothing if the folder cannot be written; the next start then reads the manifests.</summary>
    public void Write(IReadOnlyList<Entry> entries)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new Content(Version, entries), JsonSerializerOptions.Web);
        try
        {
            using var file = new AtomicFile(FilePath);
            file.Stream.Write(content);
            // Not flushed, so that listing does not wait for the disk. A file truncated by a power failure is ignored.
            file.Commit(flush: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The index only saves time, so a failed write is ignored.
        }
    }
}
