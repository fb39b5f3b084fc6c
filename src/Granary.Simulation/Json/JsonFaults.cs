using Granary.Engine;

namespace Granary.Simulation.Json;

/// <summary>
/// Collects the errors of a file while it is read, so a user sees all of them at once. Until <see cref="Close"/>, the file's
/// <see cref="JsonPart"/>s return substitutes for invalid values. <see cref="Close"/> throws all errors together.
/// </summary>
internal sealed class JsonFaults
{
    // More are of no use to a person, and a hostile file would have thousands.
    private const int Most = 50;

    private readonly List<InputException> _faults = [];
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    internal bool IsOpen { get; private set; } = true;

    /// <summary>Reads a part of the file. If it throws, stores the error and returns the substitute.</summary>
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

    /// <summary>Stores an error, unless its path already has one: then it is a consequence of that error.</summary>
    public void Add(InputException fault)
    {
        if (!IsOpen) throw fault;
        if (fault.Path is { Length: > 0 } path && !_places.Add(path)) return;
        _faults.Add(fault);
        if (_faults.Count > Most) Close();
    }

    internal bool HasWithin(string path) =>
        _places.Any(p => p.StartsWith(path, StringComparison.Ordinal)
            && (p.Length == path.Length || path.Length == 0 || p[path.Length] is '.' or '['));

    /// <summary>Marks a path whose errors are consequences of a stored error.</summary>
    internal void Mark(string path) => _places.Add(path);

    /// <summary>Throws the stored errors. Later errors are thrown immediately.</summary>
    /// <exception cref="InputException">There were errors; contains all of them in the order of the file.</exception>
    public void Close()
    {
        IsOpen = false;
        if (_faults.Count == 1) throw _faults[0];
        if (_faults.Count == 0) return;
        List<string> sentences = [.. _faults.OrderBy(f => f.Line).SelectMany(f => f.Faults).Distinct(StringComparer.Ordinal).Take(Most)];
        if (_faults.Count > Most) sentences.Add($"the file has more errors; correct these {Most} first");
        throw new InputException(sentences);
    }
}
