namespace Granary.Simulation.RunFolders;

/// <summary>
/// A cache of the most recently used <see cref="RowIndex"/>es. A page shows the few rows of one strategy; without an index each request
/// reads files of hundreds of megabytes.
/// </summary>
internal sealed class RowIndexes
{
    private const int MostRanges = 4_000_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Path, DateTime Written, long Length, Lazy<RowIndex> Index)> _known = new();

    /// <summary>Returns the index of a file, read where the file is new or has changed.</summary>
    public RowIndex Of(string path)
    {
        var file = new FileInfo(path);
        Lazy<RowIndex> index;
        lock (_gate)
        {
            var node = _known.First;
            while (node is not null && node.Value.Path != path) node = node.Next;
            if (node is not null) _known.Remove(node);
            index = node is { Value: var known } && known.Written == file.LastWriteTimeUtc && known.Length == file.Length ? known.Index
                : new Lazy<RowIndex>(() => RowIndex.Read(path));
            _known.AddFirst((path, file.LastWriteTimeUtc, file.Length, index));
            while (_known.Count > 1 && _known.Sum(k => k.Index.IsValueCreated ? (long)k.Index.Value.Ranges : 0) > MostRanges)
                _known.RemoveLast();
        }
        try
        {
            return index.Value;
        }
        catch
        {
            lock (_gate)
            {
                var node = _known.First;
                while (node is not null && node.Value.Index != index) node = node.Next;
                if (node is not null) _known.Remove(node);
            }
            throw;
        }
    }
}
