using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>Services that a catalogue gives to the strategies that it creates.</summary>
/// <param name="Factors">The factors that a constructor can declare.</param>
/// <param name="Others">Objects that a constructor can take as parameters, matched by type.</param>
internal sealed record StrategyServices(FactorCatalogue Factors, IReadOnlyList<object> Others)
{
    /// <summary>The object for a constructor parameter of a type; null if the parameter is a setting of the strategy.</summary>
    public object? For(Type parameter) =>
        parameter == typeof(FactorCatalogue) ? Factors : Others.FirstOrDefault(parameter.IsInstanceOfType);
}
