namespace Granary.Simulation.Json;

/// <summary>
/// Collects the faults of a file while it is read, so that a user sees all of them at once. While it is open, the values of the file's
/// <see cref="JsonPart"/>s stand in for wrong ones; <see cref="Close"/> throws them together.
/// </summary>
public sealed class JsonFaults
{
    private readonly List<InputException> _faults = [];
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    internal bool IsOpen { get; private set; } = true;

    /// <summary>Reads a part of the file. What it throws is kept, and a stand-in goes on.</summary>
    public T Try<T>(Func<T> read, T standIn)
    {
        if (!IsOpen) return read();
        try
        {
            return read();
        }
        catch (InputException fault)
        {
            Add(fault);
            return standIn;
        }
    }

    /// <summary>Keeps a fault, unless its place has one already: then it follows from that one.</summary>
    public void Add(InputException fault)
    {
        if (!IsOpen) throw fault;
        if (fault.Path is { Length: > 0 } path && !_places.Add(path)) return;
        _faults.Add(fault);
    }

    internal bool HasWithin(string path) =>
        _places.Any(p => p.StartsWith(path, StringComparison.Ordinal)
            && (p.Length == path.Length || path.Length == 0 || p[path.Length] is '.' or '['));

    /// <summary>A place whose faults follow from one that is kept.</summary>
    internal void Mark(string path) => _places.Add(path);

    /// <summary>From now on faults are thrown at once.</summary>
    /// <exception cref="InputException">There were faults: all of them, in the order of the file.</exception>
    public void Close()
    {
        IsOpen = false;
        if (_faults.Count == 1) throw _faults[0];
        if (_faults.Count > 1)
            throw new InputException([.. _faults.OrderBy(f => f.Line).SelectMany(f => f.Faults).Distinct(StringComparer.Ordinal)]);
    }
}
