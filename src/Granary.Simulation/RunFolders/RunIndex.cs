using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Storage.Files;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// What a folder of runs has in its manifests, in one file: ten thousand runs are listed without opening one. An entry counts only while
/// its manifest has the time of then, so that the file may be old, or missing.
/// </summary>
/// <param name="folder">The folder of all runs.</param>
internal sealed class RunIndex(string folder)
{
    private const int Version = 1;

    /// <param name="Written">When its manifest was written, UTC ticks.</param>
    /// <param name="Summary">Null where the manifest cannot be read.</param>
    internal sealed record Entry(string Id, long Written, RunSummary? Summary);

    private sealed record Content(int Version, IReadOnlyList<Entry> Runs);

    // Not the name of a run: those do not begin with a point.
    private string FilePath => Path.Combine(folder, ".runs.json");

    /// <summary>The entries of the file; none where there is no file of this version.</summary>
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

    /// <summary>Replaces the file. A folder that cannot be written stays without: the next start reads its manifests.</summary>
    public void Write(IReadOnlyList<Entry> entries)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new Content(Version, entries), JsonSerializerOptions.Web);
        try
        {
            using var file = new AtomicFile(FilePath);
            file.Stream.Write(content);
            // The reader of a list does not wait for the disk: a file that a power failure cut short is not read.
            file.Commit(flush: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What it saves is time only.
        }
    }
}
