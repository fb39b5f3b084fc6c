using System.Reflection;
using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>The bar sources that a process knows, by scheme.</summary>
public sealed class BarSourceCatalogue : Catalogue<IBarSourceFactory>
{
    private readonly BarFormatCatalogue _formats;

    /// <param name="builder">Holds the factories.</param>
    /// <param name="formats">The formats of text files.</param>
    public BarSourceCatalogue(CatalogueBuilder<IBarSourceFactory> builder, BarFormatCatalogue formats) : base(builder) =>
        _formats = formats;

    /// <summary>Forms of the addresses, for messages: "csv:DIR, store:DIR, …".</summary>
    public string Forms => string.Join(", ", Entries.Select(e => FormOf(e)));

    /// <summary>Whether a source with the scheme of this address exists.</summary>
    public bool Knows(Address source) => Contains(source.Scheme);

    /// <summary>Opens a source by its address.</summary>
    /// <param name="options">Options for reading files; null for the defaults.</param>
    /// <exception cref="BarDataException">There is no such scheme, or the address is wrong; one sentence.</exception>
    public IBarSource Open(Address source, BarFileOptions? options = null)
    {
        options ??= new BarFileOptions();
        if (!TryGet(source.Scheme, out var factory)) throw NoSource(source);
        if (source.Keep is not null) throw new BarDataException($"source: '{source}': 'keep' belongs to a live feed; leave it out");
        return factory.Open(new BarSourceRequest(source, options.Formats is null ? options with { Formats = _formats } : options));
    }

    private BarDataException NoSource(Address source)
    {
        if (source.MissingPackage is { } missing) return new BarDataException($"source: '{source}': {missing}");
        var nearest = Spelling.Nearest(source.Scheme.Length > 0 ? source.Scheme : source.Rest, Names);
        return new BarDataException($"source: '{source}' is not a source of bars; "
            + (nearest is null ? $"use one of {Forms}"
                : $"did you mean {nearest}:{source.ToString()[source.Scheme.Length..].TrimStart(':')}?"));
    }

    private static string FormOf(CatalogueEntry<IBarSourceFactory> entry) =>
        AttributeOf(entry.Value)?.Form is { Length: > 0 } form ? form : entry.Name + ":…";

    private static BarSourceAttribute? AttributeOf(IBarSourceFactory factory) => factory.GetType().GetCustomAttribute<BarSourceAttribute>();
}
