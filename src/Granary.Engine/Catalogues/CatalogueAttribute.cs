namespace Granary.Engine.Catalogues;

/// <summary>
/// Enters a class in the catalogue of its kind. Granary's own assemblies and plug-ins are searched for these attributes in the same way.
/// </summary>
/// <param name="name">The name that users write; case counts.</param>
public abstract class CatalogueAttribute(string name) : Attribute
{
    /// <summary>The name that users write; case counts.</summary>
    public string Name { get; } = name;

    /// <summary>The name of the kind, as it stands in messages: "factor", "broker".</summary>
    public abstract string Kind { get; }
}
