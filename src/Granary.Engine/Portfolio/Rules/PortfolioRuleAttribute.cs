using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Enters an <see cref="IPortfolioRule"/> in the catalogue; <c>portfolio.limits</c> of a batch names it. The parameters of its
/// one public constructor are its settings.
/// </summary>
/// <param name="name">As it stands in <c>limits</c>.</param>
/// <param name="summary">One sentence.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PortfolioRuleAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <summary>One sentence.</summary>
    public string Summary { get; } = summary;

    /// <inheritdoc/>
    public override string Kind => "portfolio rule";
}
