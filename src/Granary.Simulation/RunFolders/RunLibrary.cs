using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Simulation.RunFolders;

/// <summary>The runs in a folder, made by a server or the command line.</summary>
/// <param name="folder">The folder of all runs.</param>
internal sealed class RunLibrary(string folder)
{
    /// <summary>The folder inside a run's folder with the text and the status of its job.</summary>
    public const string JobFolder = ".submission";

    private const string NameFile = ".name";
    private const int MostName = 100;
    private const long MostResults = 64 << 20;

    private readonly RunIndex _index = new(folder);
    private readonly Lock _writing = new();
    private readonly LinkedList<(string Name, RunResults Results)> _results = new();
    private readonly Lock _reading = new();
    private IReadOnlyList<RunSummary> _listed = [];
    private bool _changed;
    private readonly Lazy<ConcurrentDictionary<string, RunIndex.Entry>> _known = new(() =>
        new(new RunIndex(folder).Read().Select(e => KeyValuePair.Create(e.Id, e)), StringComparer.Ordinal));

    /// <summary>The places of the strategies' rows in the files of runs.</summary>
    public RowIndexes Rows { get; } = new();

    /// <summary>The folder of all runs.</summary>
    public string Folder => folder;

    /// <summary>Returns a page of the list of runs.</summary>
    /// <param name="only">The ids of the runs that the list may have; null = all runs.</param>
    /// <exception cref="InputException">The query is invalid, or its cursor is not in the list.</exception>
    public RunPage List(RunQuery query, IReadOnlySet<string>? only = null)
    {
        // Later pages use the list that the first page has read, so that runs that have finished since then move no row.
        var known = query.Cursor is null ? null : query.Of(Of(_listed));
        return known ?? query.Of(Of(All())) ?? throw ListCursor.Unknown(query.Cursor!);

        IReadOnlyList<RunSummary> Of(IReadOnlyList<RunSummary> all) => only is null ? all : [.. all.Where(r => only.Contains(r.Id))];
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
            // The newest stays also if it is larger alone, or each request would read it again.
            while (_results.Count > 1 && _results.Sum(r => r.Results.Size) > MostResults) _results.RemoveLast();
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
        // A missing file has a constant time.
        var written = manifest.LastWriteTimeUtc.Ticks + File.GetLastWriteTimeUtc(Path.Combine(folder, id, NameFile)).Ticks;
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

    /// <summary>Gives a run that <see cref="Find"/> has found a different name to show. Its id, files and digest stay.</summary>
    /// <exception cref="InputException">The name is empty, too long or not one line.</exception>
    public RunSummary Rename(string id, string? name)
    {
        name = name?.Trim() ?? "";
        if (name.Length is 0 or > MostName || name.Any(char.IsControl))
            throw new InputException($"name: give 1 to {MostName} characters on one line");
        AtomicFile.Write(Path.Combine(folder, id, NameFile), Encoding.UTF8.GetBytes(name));
        var run = Find(id)!;
        KeepIndex();
        return run;
    }

    /// <summary>Deletes the files of a run that <see cref="Find"/> has found. The record of the job that made it stays.</summary>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public void Delete(string id)
    {
        var run = new DirectoryInfo(PathOf(id));
        // The manifest first: a folder without it is not a run, also if the server stops here.
        File.Delete(Path.Combine(run.FullName, "manifest.json"));
        foreach (var file in run.EnumerateFiles()) file.Delete();
        foreach (var part in run.EnumerateDirectories().Where(d => d.Name != JobFolder)) part.Delete(recursive: true);
        if (!run.EnumerateFileSystemInfos().Any()) run.Delete();
        Find(id);
        KeepIndex();
    }

    /// <summary>
    /// Returns a name for the current content of a run that <see cref="Find"/> has found: a new name after it is written again.
    /// </summary>
    public string VersionOf(string id) => string.Create(CultureInfo.InvariantCulture,
        $"{id}|{File.GetLastWriteTimeUtc(Path.Combine(folder, id, "manifest.json")).Ticks}");

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
            var (run, batch) = (Path.GetDirectoryName(path)!, root.GetProperty("batch").GetString()!);
            var (name, summary) = (Path.Combine(run, NameFile), root.GetProperty("summary"));
            return new RunSummary(id, batch, root.GetProperty("status").GetString()!, root.GetProperty("digest").GetString()!,
                root.GetProperty("created").GetDateTimeOffset(), Number(root, "seconds"), root.GetProperty("host").GetString()!,
                File.Exists(Path.Combine(run, "weights.csv")))
            {
                Deployable = root.GetProperty("kind").GetString() != RunKinds.Live && File.Exists(Path.Combine(run, "prod.json")),
                ElapsedSeconds = Number(root, "elapsedSeconds"),
                Name = File.Exists(name) ? File.ReadAllText(name) : batch,
                Kind = root.GetProperty("kind").GetString()!,
                Markets = [.. root.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("symbol").GetString()!)],
                MarketCount = root.GetProperty("data").GetArrayLength(),
                TotalReturn = Number(summary, "totalReturn"),
                Sharpe = Number(summary, "sharpe"),
                MaxDrawdown = Number(summary, "maxDrawdown"),
                Tradable = summary.GetProperty("tradable").GetBoolean(),
            };
        }
        catch (Exception e) when (e is JsonException or IOException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static double? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
