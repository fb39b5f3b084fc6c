using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Every factor there is, by name: those of this assembly and of the plug-ins that a host added.</summary>
public static class FactorCatalogue
{
    // Replaced whole when a plug-in comes, so that readers need no lock.
    private static volatile Dictionary<string, FactorDefinition> _definitions = Scan(typeof(FactorCatalogue).Assembly);

    /// <summary>By name, in alphabetical order.</summary>
    public static IReadOnlyList<FactorDefinition> All => [.. _definitions.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    public static bool TryGet(string name, [NotNullWhen(true)] out FactorDefinition? definition) => _definitions.TryGetValue(name, out definition);

    private static readonly Lock Adding = new();

    /// <summary>Adds the factors of a plug-in. Call it at start, before any run.</summary>
    /// <exception cref="ArgumentException">A name is taken; then nothing is added.</exception>
    public static void Add(Assembly assembly)
    {
        // Two that add at once must not forget one another's.
        lock (Adding)
        {
            var all = new Dictionary<string, FactorDefinition>(_definitions, StringComparer.Ordinal);
            foreach (var (name, definition) in Scan(assembly))
                if (!all.TryAdd(name, definition) && all[name].Kernel != definition.Kernel)
                    throw new ArgumentException($"the factor name '{name}' of {definition.Kernel} is taken by {all[name].Kernel}");
            _definitions = all;
        }
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
