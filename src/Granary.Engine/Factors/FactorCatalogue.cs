using System.Globalization;
using System.Reflection;
using Granary.Engine.Catalogues;

namespace Granary.Engine.Factors;

/// <summary>The factors that a process knows, by name.</summary>
public sealed class FactorCatalogue(CatalogueBuilder<FactorDefinition> builder) : Catalogue<FactorDefinition>(builder)
{
    /// <summary>Granary's own factors: what a strategy can use that no catalogue has made.</summary>
    public static FactorCatalogue BuiltIn { get; } = new(Of(typeof(FactorCatalogue).Assembly));

    /// <inheritdoc/>
    protected override string Remedy => "'granary factors' lists them";

    /// <summary>A builder with Granary's own factors and other assemblies' factors.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static CatalogueBuilder<FactorDefinition> Of(params IReadOnlyList<Assembly> assemblies)
    {
        var builder = new CatalogueBuilder<FactorDefinition>("factor");
        foreach (var assembly in assemblies)
            builder.AddFrom<FactorDefinition, FactorAttribute>(assembly, (type, attribute) => new FactorDefinition(type, attribute));
        return builder;
    }

    /// <summary>Reads a factor as users write it, as "macd(12,26,9).signal@1h".</summary>
    /// <returns>The request, and the number of the line.</returns>
    /// <exception cref="ArgumentException">Not a factor; the message says what is wrong and what is near.</exception>
    public (FactorRequest Request, int Line) Parse(string text) => FactorParser.Parse(this, text);

    /// <summary>A request by name with arguments in the constructor's order; missing ones take their defaults.</summary>
    /// <exception cref="ArgumentException">Unknown name, too many arguments, or one out of range.</exception>
    public FactorRequest Request(string name, params object[] arguments) =>
        FactorParser.Bind(this, name, [.. arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!)], null);
}
