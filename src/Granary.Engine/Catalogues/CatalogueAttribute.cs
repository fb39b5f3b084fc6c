namespace Granary.Engine.Catalogues;

/// <summary>
/// Adds a class to the catalogue of its kind. Granary's own assemblies and plug-ins are scanned for these attributes in the same way.
/// </summary>
/// <param name="name">The name that users write; case-sensitive.</param>
public abstract class CatalogueAttribute(string name) : Attribute
{
    /// <summary>The name that users write; case-sensitive.</summary>
    public string Name { get; } = name;

    /// <summary>Name of the kind in messages: "factor", "broker".</summary>
    public abstract string Kind { get; }
}
