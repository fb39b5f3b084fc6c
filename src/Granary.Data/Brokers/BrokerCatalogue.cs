using System.Reflection;

namespace Granary.Data.Brokers;

/// <summary>The brokers of a process, by name. A host makes it once at start and passes it along.</summary>
/// <param name="definitions">No name twice.</param>
public sealed class BrokerCatalogue(IEnumerable<BrokerDefinition> definitions)
{
    private readonly SortedDictionary<string, BrokerDefinition> _definitions =
        new(definitions.ToDictionary(d => d.Name), StringComparer.Ordinal);

    /// <summary>The brokers that every Granary has.</summary>
    public static BrokerCatalogue BuiltIn() => new(Scan(typeof(BrokerCatalogue).Assembly));

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyCollection<BrokerDefinition> All => _definitions.Values;

    /// <summary>This catalogue with the brokers of a plug-in.</summary>
    /// <exception cref="ArgumentException">A name is taken, or a class with the attribute cannot be a broker.</exception>
    public BrokerCatalogue With(Assembly assembly)
    {
        var found = Scan(assembly);
        foreach (var definition in found)
            if (_definitions.ContainsKey(definition.Name))
                throw new ArgumentException($"the broker name '{definition.Name}' is taken; choose another one");
        return new BrokerCatalogue([.. All, .. found]);
    }

    /// <summary>A broker by name, with its options as text.</summary>
    /// <exception cref="BrokerInputException">The name or an option is wrong; the message names it.</exception>
    public IBrokerFactory Create(string name, IReadOnlyDictionary<string, string> options) =>
        _definitions.TryGetValue(name, out var definition)
        ? definition.Create(options)
        : throw new BrokerInputException($"there is no broker '{name}'; this Granary has {string.Join(", ", _definitions.Keys)}"
            + (_definitions.Count > 1 ? "" : "; a plug-in of --plugins can bring others"));

    /// <summary>The brokers that an assembly declares.</summary>
    /// <exception cref="ArgumentException">A class with the attribute cannot be a broker, or two have one name.</exception>
    public static IReadOnlyList<BrokerDefinition> Scan(Assembly assembly)
    {
        var types = assembly.GetTypes().Where(t => t.IsDefined(typeof(BrokerAttribute), false));
        List<BrokerDefinition> found = [.. types.Select(BrokerDefinition.Of)];
        return found.GroupBy(d => d.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new ArgumentException($"two brokers have the name '{twice.Key}'")
            : [.. found.OrderBy(d => d.Name, StringComparer.Ordinal)];
    }
}
