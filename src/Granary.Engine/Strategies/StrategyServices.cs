using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>What a catalogue gives to the strategies that it makes.</summary>
/// <param name="Factors">The factors that a constructor can declare.</param>
/// <param name="Others">Objects that a constructor can take as parameters, by their types.</param>
internal sealed record StrategyServices(FactorCatalogue Factors, IReadOnlyList<object> Others)
{
    /// <summary>The object for a parameter of a type; null where the parameter is one of the strategy's own.</summary>
    public object? For(Type parameter) =>
        parameter == typeof(FactorCatalogue) ? Factors : Others.FirstOrDefault(parameter.IsInstanceOfType);
}
