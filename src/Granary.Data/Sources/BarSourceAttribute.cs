using Granary.Engine.Catalogues;

namespace Granary.Data.Sources;

/// <summary>Enters an <see cref="IBarSourceFactory"/> in the catalogue of bar sources.</summary>
/// <param name="scheme">Text before the colon of <c>data.source</c>: "csv".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BarSourceAttribute(string scheme) : CatalogueAttribute(scheme)
{
    /// <inheritdoc/>
    public override string Kind => "bar source";

    /// <summary>Form of an address of this scheme, for messages: "csv:DIR"; "" for the scheme and a colon.</summary>
    public string Form { get; init; } = "";
}
