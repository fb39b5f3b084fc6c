using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Every factor there is, by name: those of this assembly and of the plug-ins that a host added.</summary>
public static class FactorCatalogue
{
    private static readonly Dictionary<string, FactorDefinition> Definitions = Scan(typeof(FactorCatalogue).Assembly);

    /// <summary>By name, in alphabetical order.</summary>
    public static IReadOnlyList<FactorDefinition> All => [.. Definitions.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    public static bool TryGet(string name, [NotNullWhen(true)] out FactorDefinition? definition) => Definitions.TryGetValue(name, out definition);

    /// <summary>Adds the factors of a plug-in. Call it at start, before any run: the catalogue is not guarded against concurrent change.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static void Add(Assembly assembly)
    {
        foreach (var (name, definition) in Scan(assembly))
            if (!Definitions.TryAdd(name, definition) && Definitions[name].Kernel != definition.Kernel)
                throw new ArgumentException($"the factor name '{name}' of {definition.Kernel} is taken by {Definitions[name].Kernel}");
    }

    /// <summary>A request by name with arguments in the constructor's order; missing ones take their defaults.</summary>
    /// <exception cref="ArgumentException">Unknown name, too many arguments, or one out of range.</exception>
    public static FactorRequest Get(string name, params object[] arguments) =>
        FactorParser.Bind(name, [.. arguments.Select(a => Convert.ToString(a, System.Globalization.CultureInfo.InvariantCulture)!)], null);

    private static Dictionary<string, FactorDefinition> Scan(Assembly assembly)
    {
        var found = new Dictionary<string, FactorDefinition>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes())
            if (type.GetCustomAttribute<FactorAttribute>() is { } attribute)
                found.Add(attribute.Name, new FactorDefinition(type, attribute));
        return found;
    }
}
