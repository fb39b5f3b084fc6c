using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Granary.Engine.Market;

namespace Granary.Engine.Strategies;

/// <summary>Every strategy there is, by class name: those of this assembly and of the plug-ins that a host added.</summary>
public static class StrategyCatalogue
{
    // Replaced whole when a plug-in comes, so that readers need no lock.
    private static volatile Dictionary<string, StrategyDefinition> _definitions = Scan(typeof(StrategyCatalogue).Assembly);

    /// <summary>By name, in alphabetical order.</summary>
    public static IReadOnlyList<StrategyDefinition> All => [.. _definitions.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    public static bool TryGet(string name, [NotNullWhen(true)] out StrategyDefinition? definition) => _definitions.TryGetValue(name, out definition);

    /// <exception cref="ArgumentException">There is none of this name; the message names the nearest.</exception>
    public static StrategyDefinition Get(string name)
    {
        if (TryGet(name, out var definition)) return definition;
        var near = Spelling.Nearest(name, _definitions.Keys.Order(StringComparer.Ordinal));
        throw new ArgumentException($"there is no strategy '{name}'" + (near is null ? "; 'granary strategies' lists them" : $"; did you mean '{near}'?"));
    }

    private static readonly Lock Adding = new();

    /// <summary>Adds the strategies of a plug-in. Call it at start, before any run.</summary>
    /// <returns>What was added; empty where the assembly holds no strategy.</returns>
    /// <exception cref="ArgumentException">A name is taken, or a class cannot be a strategy; then nothing is added.</exception>
    public static IReadOnlyList<StrategyDefinition> Add(Assembly assembly)
    {
        var found = Scan(assembly);
        // Two that add at once must not forget one another's.
        lock (Adding)
        {
            var all = new Dictionary<string, StrategyDefinition>(_definitions, StringComparer.Ordinal);
            foreach (var (name, definition) in found)
                if (!all.TryAdd(name, definition) && all[name].Type != definition.Type)
                    throw new ArgumentException($"the strategy name '{name}' of {definition.Type} is taken by {all[name].Type}");
            _definitions = all;
        }
        return [.. found.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];
    }

    private static Dictionary<string, StrategyDefinition> Scan(Assembly assembly)
    {
        var found = new Dictionary<string, StrategyDefinition>(StringComparer.Ordinal);
        foreach (var type in assembly.GetExportedTypes())
        {
            if (type.IsAbstract || type.ContainsGenericParameters || !type.IsSubclassOf(typeof(Strategy))) continue;
            var definition = new StrategyDefinition(type);
            if (!found.TryAdd(definition.Name, definition))
                throw new ArgumentException($"two strategies have the name '{definition.Name}': {found[definition.Name].Type} and {type}");
        }
        return found;
    }
}
