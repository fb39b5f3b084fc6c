using System.Reflection;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>The strategies that a process knows, by class name.</summary>
public sealed class StrategyCatalogue : Catalogue<StrategyDefinition>
{
    /// <param name="classes">The classes; <see cref="AddFrom"/> finds those of an assembly.</param>
    /// <param name="factors">The factors that their constructors can declare.</param>
    /// <param name="services">Objects that constructors can take beside the strategy's own parameters, by their types.</param>
    /// <exception cref="ArgumentException">A class cannot be a strategy; the message says why.</exception>
    public StrategyCatalogue(CatalogueBuilder<Type> classes, FactorCatalogue factors, params IReadOnlyList<object> services)
        : base(Define(classes, new StrategyServices(factors, services)))
    {
    }

    /// <summary>Granary's own strategies in <c>Granary.Engine</c>.</summary>
    public static StrategyCatalogue BuiltIn { get; } = Of(FactorCatalogue.BuiltIn, typeof(StrategyCatalogue).Assembly);

    /// <inheritdoc/>
    protected override string Remedy => "'granary strategies' lists them";

    /// <summary>The strategies of some assemblies.</summary>
    /// <exception cref="ArgumentException">A name is taken, or a class cannot be a strategy.</exception>
    public static StrategyCatalogue Of(FactorCatalogue factors, params IReadOnlyList<Assembly> assemblies)
    {
        var classes = new CatalogueBuilder<Type>("strategy");
        foreach (var assembly in assemblies) AddFrom(classes, assembly);
        return new StrategyCatalogue(classes, factors);
    }

    /// <summary>Adds the strategies of an assembly, public or not. Those within another class count where both are public.</summary>
    /// <param name="origin">Name of a class in messages; null for its full name.</param>
    /// <returns>Their names.</returns>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static IReadOnlyList<string> AddFrom(CatalogueBuilder<Type> classes, Assembly assembly, Func<Type, string>? origin = null)
    {
        var found = assembly.GetTypes()
            .Where(type => (!type.IsNested || type.IsVisible) && !type.IsAbstract && !type.ContainsGenericParameters
                && type.IsSubclassOf(typeof(Strategy)))
            .OrderBy(type => type.Name, StringComparer.Ordinal).ToList();
        foreach (var type in found) classes.Add(type.Name, type, origin?.Invoke(type) ?? type.ToString());
        return [.. found.Select(type => type.Name)];
    }

    private static CatalogueBuilder<StrategyDefinition> Define(CatalogueBuilder<Type> classes, StrategyServices services)
    {
        var builder = new CatalogueBuilder<StrategyDefinition>(classes.Kind);
        foreach (var entry in classes.Entries) builder.Add(entry.Name, new StrategyDefinition(entry.Value, services), entry.Origin);
        return builder;
    }
}
