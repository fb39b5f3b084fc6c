namespace Granary.Engine.Portfolio.Rules;

/// <summary>A rule of the catalogue with the settings of a batch.</summary>
/// <param name="Arguments">In the order of <see cref="PortfolioRuleDefinition.Parameters"/>.</param>
public sealed record ChosenRule(PortfolioRuleDefinition Definition, IReadOnlyList<object> Arguments)
{
    /// <summary>A new rule for one portfolio: rules may keep state.</summary>
    public IPortfolioRule Create() => Definition.Create(Arguments);
}
