using Granary.Engine.Catalogues;

namespace Granary.Data.Sources;

/// <summary>Enters an <see cref="IBarStoreFactory"/> in the catalogue of bar stores.</summary>
/// <param name="scheme">Text before the colon of <c>--store</c>: "postgres".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class BarStoreAttribute(string scheme) : CatalogueAttribute(scheme)
{
    /// <inheritdoc/>
    public override string Kind => "bar store";
}
