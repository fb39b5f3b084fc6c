using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Granary.Engine.Market;

namespace Granary.Engine.Catalogues;

/// <summary>
/// All entries of one kind in a process, by name. A host builds it once and passes it on; it never changes. Names are case-sensitive, and
/// no two names differ only in case.
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

    /// <summary>Name of the kind in messages: "factor", "broker".</summary>
    public string Kind { get; }

    /// <summary>In alphabetical order.</summary>
    internal IReadOnlyList<CatalogueEntry<T>> Entries { get; }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<T> All { get; }

    /// <summary>Second half of the error message if no name resembles the unknown one.</summary>
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

    /// <summary>Returns the entry of this name.</summary>
    /// <exception cref="ArgumentException">No entry has this name; the message is <see cref="Unknown"/>.</exception>
    public T Get(string name) => TryGet(name, out var value) ? value : throw new InputException(Unknown(name));

    /// <summary>
    /// The message about an unknown name, with the nearest name or a list: "there is no factor 'smaa'; did you mean 'sma'?"
    /// </summary>
    public string Unknown(string name) =>
        $"there is no {Kind} '{name}'; {(Spelling.Nearest(name, Names) is { } near ? $"did you mean '{near}'?" : Remedy)}";
}
