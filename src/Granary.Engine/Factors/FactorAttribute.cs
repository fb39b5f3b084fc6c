using Granary.Engine.Catalogues;

namespace Granary.Engine.Factors;

/// <summary>
/// Enters a <see cref="FactorKernel"/> in the catalogue. The constructor's parameters, their defaults and ranges are the factor's.
/// </summary>
/// <param name="name">As it is written in a batch file: lower case, words joined by hyphens.</param>
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

    /// <summary>Where the definition comes from.</summary>
    public string Source { get; init; } = "";

    /// <summary>The interval of its values, as "0 … 100"; "price" for what moves with the price.</summary>
    public string Range { get; init; } = "";

    /// <summary>When a value is NaN though the factor is warm, as "while all n closes are equal"; "" = never.</summary>
    public string Undefined { get; init; } = "";
}
