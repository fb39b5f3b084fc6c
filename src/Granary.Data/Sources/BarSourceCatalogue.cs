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

    /// <summary>How the addresses are written, for messages: "csv:DIR, store:DIR, …".</summary>
    public string Forms => string.Join(", ", Entries.Select(e => FormOf(e)));

    /// <summary>Whether an address has the scheme of a source.</summary>
    public bool Knows(string source) => Contains(Address.Parse(source).Scheme);

    /// <summary>Opens a source by its address.</summary>
    /// <param name="source">As a batch writes it.</param>
    /// <param name="options">How files are read; null for the defaults.</param>
    /// <param name="baseFolder">What a relative folder is relative to; null for the current folder.</param>
    /// <exception cref="BarDataException">There is no such scheme, or the address is wrong; one sentence.</exception>
    public IBarSource Open(string source, BarFileOptions? options = null, string? baseFolder = null)
    {
        options ??= new BarFileOptions();
        var address = Address.Parse(source);
        if (!TryGet(address.Scheme, out var factory)) throw NoSource(source, address);
        return factory.Open(
            new BarSourceRequest(source, options.Formats is null ? options with { Formats = _formats } : options, baseFolder));
    }

    private BarDataException NoSource(string source, Address address)
    {
        var nearest = Spelling.Nearest(address.Scheme.Length > 0 ? address.Scheme : source, Names);
        return new BarDataException($"source: '{source}' is no source of bars; "
            + (nearest is null ? $"use one of {Forms}" : $"did you mean {nearest}:{(address.Scheme.Length > 0 ? address.Rest : "")}?"));
    }

    private static string FormOf(CatalogueEntry<IBarSourceFactory> entry) =>
        AttributeOf(entry.Value)?.Form is { Length: > 0 } form ? form : entry.Name + ":…";

    private static BarSourceAttribute? AttributeOf(IBarSourceFactory factory) => factory.GetType().GetCustomAttribute<BarSourceAttribute>();
}
