using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Granary.Engine.Market;

namespace Granary.Engine.Catalogues;

/// <summary>
/// Everything of one kind that a process knows, by name. A host builds it once and passes it to what needs it; it never changes. Names are
/// compared exactly, and two names never differ in case only.
/// </summary>
public class Catalogue<T>
{
    private readonly FrozenDictionary<string, CatalogueEntry<T>> _entries;

    /// <param name="builder">Holds the entries.</param>
    public Catalogue(CatalogueBuilder<T> builder)
    {
        Kind = builder.Kind;
        _entries = builder.Entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        Entries = [.. builder.Entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        Names = [.. Entries.Select(entry => entry.Name)];
        All = [.. Entries.Select(entry => entry.Value)];
    }

    /// <summary>The name of the kind, as it stands in messages: "factor", "broker".</summary>
    public string Kind { get; }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<CatalogueEntry<T>> Entries { get; }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<T> All { get; }

    /// <summary>How a sentence goes on that has found no name near the wrong one.</summary>
    protected virtual string Remedy => Names.Count == 0 ? "there is none here" : "use one of " + string.Join(", ", Names);

    /// <summary>Whether there is an entry of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Finds an entry by its name.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out T value)
    {
        var found = _entries.TryGetValue(name, out var entry);
        value = found ? entry!.Value : default;
        return found;
    }

    /// <summary>The entry of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message is <see cref="Unknown"/>.</exception>
    public T Get(string name) => TryGet(name, out var value) ? value : throw new ArgumentException(Unknown(name));

    /// <summary>
    /// The sentence about a name that is not here, with the nearest name or a list: "there is no factor 'smaa'; did you mean 'sma'?"
    /// </summary>
    public string Unknown(string name) =>
        $"there is no {Kind} '{name}'; {(Spelling.Nearest(name, Names) is { } near ? $"did you mean '{near}'?" : Remedy)}";
}
