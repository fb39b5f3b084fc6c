using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>The runs of a folder: those of a server and those of the command line.</summary>
/// <param name="folder">The folder of all runs.</param>
public sealed class RunLibrary(string folder)
{
    private const long MostResults = 64 << 20;

    private readonly RunIndex _index = new(folder);
    private readonly Lock _writing = new();
    private readonly LinkedList<(string Name, RunResults Results)> _results = new();
    private readonly Lock _reading = new();
    private IReadOnlyList<RunSummary> _listed = [];
    private bool _changed;
    private readonly Lazy<ConcurrentDictionary<string, RunIndex.Entry>> _known = new(() =>
        new(new RunIndex(folder).Read().Select(e => KeyValuePair.Create(e.Id, e)), StringComparer.Ordinal));

    /// <summary>The folder of all runs.</summary>
    public string Folder => folder;

    /// <summary>A page of the list of runs, the newest first.</summary>
    /// <param name="cursor">The id of the last run of the page before; null begins with the newest.</param>
    /// <exception cref="InputException">The cursor is not in the list.</exception>
    public RunPage List(int limit, string? cursor)
    {
        // A later page needs no new reading of the folder: a run that has finished since is newer than the cursor.
        var runs = cursor is null ? All() : _listed;
        var from = cursor is null ? 0 : After(runs, cursor);
        if (from < 0) from = After(runs = All(), cursor!);
        if (from < 0) throw ListCursor.Unknown(cursor!);
        var page = runs.Skip(from).Take(limit).ToList();
        return new RunPage(page, from + page.Count < runs.Count ? page[^1].Id : null);
    }

    private static int After(IReadOnlyList<RunSummary> runs, string cursor)
    {
        for (var i = 0; i < runs.Count; i++)
            if (runs[i].Id == cursor) return i + 1;
        return -1;
    }

    /// <summary>The results of a run that <see cref="Find"/> finds; those of the last runs are in memory.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public RunResults ResultsOf(string id)
    {
        var file = new FileInfo(Path.Combine(folder, id, "results.json"));
        var name = string.Create(CultureInfo.InvariantCulture, $"{id}|{file.LastWriteTimeUtc.Ticks}|{file.Length}");
        // A view asks for the run and for its strategies at once: the second request waits for the file that the first one reads.
        lock (_reading)
        {
            if (_results.FirstOrDefault(r => r.Name == name) is { Name: not null } known)
            {
                _results.Remove(known);
                _results.AddFirst(known);
                return known.Results;
            }
            var read = RunResults.Read(file.FullName);
            _results.AddFirst((name, read));
            while (_results.Sum(r => r.Results.Size) > MostResults) _results.RemoveLast();
            return read;
        }
    }

    /// <summary>A run by its id; null where there is none with a manifest and results.</summary>
    public RunSummary? Find(string id)
    {
        if (!IsId(id)) return null;
        var manifest = new FileInfo(Path.Combine(folder, id, "manifest.json"));
        if (!manifest.Exists || !File.Exists(Path.Combine(folder, id, "results.json")))
        {
            if (_known.Value.TryRemove(id, out _)) _changed = true;
            return null;
        }
        var written = manifest.LastWriteTimeUtc.Ticks;
        if (_known.Value.TryGetValue(id, out var known) && known.Written == written) return known.Summary;
        var summary = Read(id, manifest.FullName);
        _known.Value[id] = new RunIndex.Entry(id, written, summary);
        _changed = true;
        return summary;
    }

    /// <summary>The first run with a digest; null where there is none. Later ones are repetitions, or sessions of its bars.</summary>
    public RunSummary? FindByDigest(string digest) => All().LastOrDefault(r => r.Digest == digest);

    /// <summary>All runs, the newest first.</summary>
    public IReadOnlyList<RunSummary> All()
    {
        if (!Directory.Exists(folder)) return [];
        var ids = Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)).ToHashSet(StringComparer.Ordinal);
        // A manifest's time has no part of a second: among runs of the same second the one whose manifest was written last is the newest.
        List<RunSummary> runs = [.. ids.Select(Find).OfType<RunSummary>()
            .OrderByDescending(r => r.Created).ThenByDescending(r => Written(r.Id)).ThenBy(r => r.Id, StringComparer.Ordinal)];
        foreach (var gone in _known.Value.Keys.Where(id => !ids.Contains(id)))
            if (_known.Value.TryRemove(gone, out _)) _changed = true;
        KeepIndex();
        return _listed = runs;
    }

    private long Written(string id) => _known.Value.TryGetValue(id, out var known) ? known.Written : 0;

    private void KeepIndex()
    {
        if (!Interlocked.Exchange(ref _changed, false)) return;
        lock (_writing) _index.Write([.. _known.Value.Values.OrderBy(e => e.Id, StringComparer.Ordinal)]);
    }

    /// <summary>The folder of a run that <see cref="Find"/> finds.</summary>
    public string PathOf(string id) => Path.Combine(folder, id);

    // Names of folders that the command line can have made too: letters, digits, '-', '_' and '.'.
    private static bool IsId(string id) => id.Length is > 0 and <= 200 && id[0] is not ('.' or '-')
        && id.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ');

    // null for what is damaged, or of a newer Granary.
    private static RunSummary? Read(string id, string path)
    {
        try
        {
            using var manifest = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = manifest.RootElement;
            return new RunSummary(id, root.GetProperty("batch").GetString()!, root.GetProperty("status").GetString()!,
                root.GetProperty("digest").GetString()!, root.GetProperty("created").GetDateTimeOffset(),
                root.TryGetProperty("seconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number ? seconds.GetDouble() : null,
                root.GetProperty("host").GetString()!, File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "weights.csv")));
        }
        catch (Exception e) when (e is JsonException or IOException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
