using Granary.Engine.Catalogues;

namespace Granary.Learning.Registry;

/// <summary>Enters an <see cref="IModelStoreFactory"/> in the catalogue of model stores.</summary>
/// <param name="scheme">Text before the colon of <c>--registry</c>: "postgres".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ModelStoreAttribute(string scheme) : CatalogueAttribute(scheme)
{
    /// <inheritdoc/>
    public override string Kind => "model store";
}
