namespace Granary.Simulation.RunFolders;

/// <summary>
/// A cache of the most recently used <see cref="RowIndex"/>es. A page shows the few rows of one strategy; without an index each request
/// reads files of hundreds of megabytes.
/// </summary>
internal sealed class RowIndexes
{
    private const int MostRanges = 4_000_000;

    // Rows of all views that are kept: 16 bytes each.
    private const int MostRows = 2_000_000;

    // Views without rows count too: each filter that a user types makes one.
    private const int MostViews = 256;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Path, DateTime Written, long Length, string Name, Lazy<RowView> View)> _views = new();
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

    /// <summary>Returns the places of the rows of a query, made where the file is new or has changed, or the query is.</summary>
    /// <param name="name">Names the query.</param>
    public RowView View(string path, string name, Func<RowView> make)
    {
        var file = new FileInfo(path);
        Lazy<RowView> view;
        lock (_gate)
        {
            var node = _views.First;
            while (node is not null && (node.Value.Path != path || node.Value.Name != name)) node = node.Next;
            if (node is not null) _views.Remove(node);
            view = node is { Value: var known } && known.Written == file.LastWriteTimeUtc && known.Length == file.Length ? known.View
                : new Lazy<RowView>(make);
            _views.AddFirst((path, file.LastWriteTimeUtc, file.Length, name, view));
            while (_views.Count > MostViews
                || (_views.Count > 1 && _views.Sum(v => v.View.IsValueCreated ? (long)v.View.Value.Rows.Count : 0) > MostRows))
                _views.RemoveLast();
        }
        try
        {
            return view.Value;
        }
        catch
        {
            lock (_gate)
            {
                var node = _views.First;
                while (node is not null && node.Value.View != view) node = node.Next;
                if (node is not null) _views.Remove(node);
            }
            throw;
        }
    }
}
