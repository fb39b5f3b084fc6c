using System.Reflection;
using Granary.Engine;
using Granary.Engine.Catalogues;

namespace Granary.Data.Brokers;

/// <summary>The brokers that this process knows, by name.</summary>
/// <param name="builder">Holds the definitions.</param>
public sealed class BrokerCatalogue(CatalogueBuilder<BrokerDefinition> builder) : Catalogue<BrokerDefinition>(builder)
{
    /// <summary>Returns the brokers that an assembly defines.</summary>
    /// <exception cref="ArgumentException">A class with the attribute is not a valid broker, or two have the same name.</exception>
    public static BrokerCatalogue Of(Assembly assembly)
    {
        var builder = new CatalogueBuilder<BrokerDefinition>("broker");
        foreach (var (type, attribute) in CatalogueTypes.Of(assembly))
            if (attribute is BrokerAttribute)
                builder.Add(attribute.Name, BrokerDefinition.Of(type), type.ToString());
        return new BrokerCatalogue(builder);
    }

    /// <summary>Creates the factory of a broker from its name and options.</summary>
    /// <exception cref="InputException">The name or an option is invalid; the message names it.</exception>
    public IBrokerFactory Create(string name, IReadOnlyDictionary<string, string> options) =>
        Find(name).Create(options) is var made && made is PaperBrokerFactory { Like.Length: > 0 } paper
            ? paper.Restricted(Find(paper.Like).Create(new Dictionary<string, string>()).Capabilities)
            : made;

    private BrokerDefinition Find(string name) => TryGet(name, out var definition)
        ? definition
        : throw new InputException($"there is no broker '{name}'; this Granary has {string.Join(", ", Names)}"
            + (Names.Count > 1 ? "" : "; a plug-in of --plugins can bring others"));
}
