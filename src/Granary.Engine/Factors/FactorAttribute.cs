using Granary.Engine.Catalogues;

namespace Granary.Engine.Factors;

/// <summary>
/// Adds a <see cref="FactorKernel"/> to the catalogue. The constructor's parameters, defaults and ranges become those of the factor.
/// </summary>
/// <param name="name">The name in batch files: lower case, words joined by hyphens.</param>
/// <param name="summary">One sentence for the catalogue.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FactorAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "factor";

    /// <summary>One sentence for the catalogue.</summary>
    public string Summary { get; } = summary;

    /// <summary>Names of the lines behind the main one, in order, comma-separated; an empty first name is the factor itself.
    /// "" = one line; ",signal,histogram" = the factor, .signal and .histogram; "k,d" = only named lines, the first also without its
    /// name.</summary>
    public string Lines { get; init; } = "";

    /// <summary>The definition, in plain text.</summary>
    public string Formula { get; init; } = "";

    /// <summary>Publication or program that defines the factor.</summary>
    public string Source { get; init; } = "";

    /// <summary>The range of its values, as "0 … 100"; "price" for values on the scale of the price.</summary>
    public string Range { get; init; } = "";

    /// <summary>The condition under which a warm factor is NaN, as "while all n closes are equal"; "" = never.</summary>
    public string Undefined { get; init; } = "";
}
