namespace Granary.Simulation.RunFolders;

/// <summary>A cache of the most recently used values that were read from files. A value is made again when its file has changed.</summary>
/// <param name="most">The sum of sizes that is kept.</param>
/// <param name="sizeOf">The size of a value.</param>
internal sealed class RecentFiles<T>(long most, Func<T, long> sizeOf)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Path, DateTime Written, long Length, string Name, Lazy<T> Value)> _known = new();

    /// <summary>Returns a value, made where the file is new or has changed, or the name is new.</summary>
    /// <param name="name">Tells the values of a file apart.</param>
    public T Get(string path, string name, Func<T> make)
    {
        var file = new FileInfo(path);
        Lazy<T> value;
        lock (_gate)
        {
            var node = _known.First;
            while (node is not null && (node.Value.Path != path || node.Value.Name != name)) node = node.Next;
            if (node is not null) _known.Remove(node);
            value = node is { Value: var known } && known.Written == file.LastWriteTimeUtc && known.Length == file.Length ? known.Value
                : new Lazy<T>(make);
            _known.AddFirst((path, file.LastWriteTimeUtc, file.Length, name, value));
            while (_known.Count > 1 && _known.Sum(k => k.Value.IsValueCreated ? sizeOf(k.Value.Value) : 0) > most) _known.RemoveLast();
        }
        try
        {
            return value.Value;
        }
        catch
        {
            lock (_gate)
            {
                var node = _known.First;
                while (node is not null && node.Value.Value != value) node = node.Next;
                if (node is not null) _known.Remove(node);
            }
            throw;
        }
    }
}
