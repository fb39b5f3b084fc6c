using System.Globalization;
using Granary.Storage.Files;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>
/// State of the files in a folder of bars, or of one file, at the first request. A rewritten file makes a different data set, so no batch
/// reads the old bars from a feed that is still open.
/// </summary>
/// <param name="permitted">The files that may be looked at.</param>
internal sealed class FolderState(string folder, PermittedFiles permitted)
{
    private readonly Lazy<FileInfo[]> _files = new(() => Files(folder, permitted));
    private readonly Lazy<string?> _whole = new(() => StateOf(Files(folder, permitted)));
    private readonly Lazy<HashSet<string>> _folders = new(() =>
        File.Exists(folder) ? [] : permitted.FoldersIn(folder).Select(d => Path.GetFileName(d)).ToHashSet(StringComparer.Ordinal));

    /// <summary>Returns number, length and newest time of a symbol's files; null if there are none.</summary>
    public string? Of(string symbol)
    {
        try
        {
            return StateOf(symbol);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The source reports files that cannot be read.
            return null;
        }
    }

    // A symbol in a column is in a file of any name.
    private string? StateOf(string symbol)
    {
        List<FileInfo> own = [.. Named(symbol)];
        if (_folders.Value.Contains(symbol))
            own.AddRange(new DirectoryInfo(Path.Combine(folder, symbol)).EnumerateFiles("*", SearchOption.AllDirectories));
        return own.Count > 0 ? StateOf(own) : _whole.Value;
    }

    private static string? StateOf(IReadOnlyCollection<FileInfo> files)
    {
        long newest = 0, length = 0;
        foreach (var file in files.Select(LinkedFile.Of))
        {
            newest = Math.Max(newest, file.LastWriteTimeUtc.Ticks);
            length += file.Length;
        }
        return files.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{files.Count}-{length}-{newest}") : null;
    }

    private static FileInfo[] Files(string folder, PermittedFiles permitted)
    {
        if (File.Exists(folder)) return [new FileInfo(folder)];
        FileInfo[] files = [.. permitted.FilesIn(folder).Select(f => new FileInfo(f))];
        Array.Sort(files, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return files;
    }

    // In sorted order, files whose names begin with the symbol are consecutive.
    private IEnumerable<FileInfo> Named(string symbol)
    {
        var files = _files.Value;
        var (low, high) = (0, files.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(files[middle].Name, symbol) < 0) low = middle + 1;
            else high = middle;
        }
        for (; low < files.Length && files[low].Name.StartsWith(symbol, StringComparison.Ordinal); low++) yield return files[low];
    }
}
