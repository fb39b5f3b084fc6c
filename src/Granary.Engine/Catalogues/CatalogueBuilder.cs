namespace Granary.Engine.Catalogues;

/// <summary>Collects the entries of a catalogue at the start of a process.</summary>
/// <param name="kind">The name of the kind in messages: "factor", "broker".</param>
public sealed class CatalogueBuilder<T>(string kind)
{
    private readonly List<CatalogueEntry<T>> _entries = [];

    // Users would confuse names that differ only in case, so such a name counts as taken.
    private readonly Dictionary<string, CatalogueEntry<T>> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of the kind in messages.</summary>
    public string Kind { get; } = kind;

    /// <summary>Entries added so far, in the order of their addition.</summary>
    internal IReadOnlyList<CatalogueEntry<T>> Entries => _entries;

    /// <summary>Adds an entry.</summary>
    /// <param name="name">The name that users write.</param>
    /// <param name="value">Value of the name.</param>
    /// <param name="origin">Its origin, for the message about a second entry of this name.</param>
    /// <exception cref="ArgumentException">The name is taken, or empty; the message names both origins.</exception>
    public CatalogueBuilder<T> Add(string name, T value, string origin)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new ArgumentException($"the {Kind} {origin} has no name");
        var entry = new CatalogueEntry<T>(name, value, origin);
        if (!_taken.TryAdd(name, entry))
            throw new ArgumentException($"the {Kind} name '{name}' of {origin} is taken by {_taken[name].Origin}");
        _entries.Add(entry);
        return this;
    }

    /// <summary>Builds the catalogue from the entries so far.</summary>
    public Catalogue<T> Build() => new(this);
}
