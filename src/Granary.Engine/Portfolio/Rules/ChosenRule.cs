namespace Granary.Engine.Portfolio.Rules;

/// <summary>A rule of the catalogue with the settings of a batch.</summary>
/// <param name="Create">Makes a new rule for one portfolio: rules may keep state.</param>
public sealed record ChosenRule(PortfolioRuleDefinition Definition, Func<IPortfolioRule> Create)
{
    /// <summary>Chooses a rule with the settings that a function gives it.</summary>
    public static ChosenRule Of<T>(Func<T> create) where T : class, IPortfolioRule => new(PortfolioRuleDefinition.Of<T>(), create);
}
