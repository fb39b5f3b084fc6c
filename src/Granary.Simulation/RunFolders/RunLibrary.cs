using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>The runs in a folder, made by a server or the command line.</summary>
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

    /// <summary>Returns a page of the list of runs, newest first.</summary>
    /// <param name="cursor">Id of the last run of the previous page; null = start with the newest.</param>
    /// <exception cref="InputException">The cursor is not in the list.</exception>
    public RunPage List(int limit, string? cursor)
    {
        // Later pages use the list that the first page has read: runs that have finished since then are newer than the cursor.
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

    /// <summary>Returns the results of a run that <see cref="Find"/> has found. The most recently used results stay in memory.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public RunResults ResultsOf(string id)
    {
        var file = new FileInfo(Path.Combine(folder, id, "results.json"));
        var name = string.Create(CultureInfo.InvariantCulture, $"{id}|{file.LastWriteTimeUtc.Ticks}|{file.Length}");
        // A view requests the run and its strategies at the same time, so the second request waits for the file that the first one reads.
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

    /// <summary>Returns a run by its id; null if there is none with a manifest and results.</summary>
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

    /// <summary>
    /// Returns the first run with a digest; null if there is none. Later ones are repetitions or sessions of the same bars.
    /// </summary>
    public RunSummary? FindByDigest(string digest) => All().LastOrDefault(r => r.Digest == digest);

    /// <summary>Returns all runs, newest first.</summary>
    public IReadOnlyList<RunSummary> All()
    {
        if (!Directory.Exists(folder)) return [];
        var ids = Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)).ToHashSet(StringComparer.Ordinal);
        // Times in manifests have no fraction of a second. Among runs of the same second, the manifest written last is the newest.
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

    /// <summary>Returns the folder of a run that <see cref="Find"/> has found.</summary>
    public string PathOf(string id) => Path.Combine(folder, id);

    // Folder names that the command line can also create: letters, digits, '-', '_' and '.'.
    private static bool IsId(string id) => id.Length is > 0 and <= 200 && id[0] is not ('.' or '-')
        && id.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ');

    // Returns null if the manifest is damaged or written by a newer Granary.
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
