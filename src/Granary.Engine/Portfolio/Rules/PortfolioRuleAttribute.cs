using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Enters an <see cref="IPortfolioRule"/> in the catalogue; <c>portfolio.limits</c> of a batch names it. The parameters of its one public
/// constructor are its settings, in an object of the rule's name. A class with <see cref="KeyAttribute"/> properties has its settings
/// beside the other limits instead: the property of the rule's name switches the rule on.
/// </summary>
/// <param name="name">As it stands in <c>limits</c>.</param>
/// <param name="summary">One sentence.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PortfolioRuleAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <summary>One sentence.</summary>
    public string Summary { get; } = summary;

    /// <summary>Rules with a smaller number are asked first; Granary's own have 10 to 170. Rules of one number are asked by name.</summary>
    public int Order { get; init; } = int.MaxValue;

    /// <summary>The word for a refusal in files, such as <c>max-gross</c>; null for <see cref="Decision.Rule"/>.</summary>
    public string? Refusal { get; init; }

    /// <summary>The name of a refusal in tables; null = the word without hyphens.</summary>
    public string? RefusalTitle { get; init; }

    /// <summary>The reason of a refusal, one sentence; null = the summary.</summary>
    public string? RefusalSentence { get; init; }

    /// <summary>Whether a value of at most 1 is more often a fraction by mistake than intended.</summary>
    public bool IsLargePercentage { get; init; }

    /// <inheritdoc/>
    public override string Kind => "portfolio rule";
}
