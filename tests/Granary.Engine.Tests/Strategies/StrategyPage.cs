using System.Globalization;
using System.Text;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Writes the catalogue of strategies as the page docs/strategies.md.</summary>
internal static class StrategyPage
{
    /// <summary>Markdown, the engine's own strategies in alphabetical order, lines ended by a single newline.</summary>
    public static string Markdown()
    {
        var all = StrategyCatalogue.BuiltIn.All.ToList();
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $$"""
            # Strategies

            This page is generated from the classes in `src/Granary.Engine/Strategies`.
            `GRANARY_WRITE_DOCS=1` with `StrategyPageTests` writes it; the test fails when it is stale.

            A batch file names a strategy by its class and its parameters by name. An array of values makes a grid.
            Missing parameters take their defaults:
            `{ "class": "SmaCross", "params": { "fast": [10, 20], "slow": 30 }, "sides": "long" }`.

            - Below, a parameter has its default and its allowed values; "number" allows fractions, other ranges are of whole numbers.
            - The batch sets size, stop, target, trailing stop, holding time and sides of every strategy, unless its text names its own.
            - A strategy that may not enter a side only exits the other one.
            - A strategy *over several symbols* is one instance with one account for all symbols of the batch, or for its `symbols`.

            | over | the {{all.Count}} strategies |
            | --- | --- |
            | one symbol | {{Links(all.Where(d => !d.IsMultiSymbol))}} |
            | several symbols | {{Links(all.Where(d => d.IsMultiSymbol))}} |

            """);
        foreach (var definition in all) Append(page, definition);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Links(IEnumerable<StrategyDefinition> strategies) =>
        string.Join(", ", strategies.Select(d => $"[{d.Name}](#{d.Name.ToLowerInvariant()})"));

    private static void Append(StringBuilder page, StrategyDefinition definition)
    {
        var several = definition.IsMultiSymbol ? " *Over several symbols.*" : "";
        page.Append(CultureInfo.InvariantCulture, $"\n## {definition.Name}\n\n{definition.Summary}{several}\n\n");
        if (definition.Parameters.Count > 0)
            page.Append(CultureInfo.InvariantCulture, $"- Parameters: {string.Join(", ", definition.Parameters.Select(Text))}\n");
        page.Append(CultureInfo.InvariantCulture, $"- Works in: {definition.WorksIn}\n- Loses in: {definition.LosesIn}\n");
        if (definition.Source.Length > 0) page.Append(CultureInfo.InvariantCulture, $"- Source: {definition.Source}\n");
    }

    private static string Text(DeclaredKey parameter) =>
        $"`{parameter.Name}` = {(parameter.Default is { } value ? StrategyDefinition.TextOf(value) : "none")} ({Allowed(parameter)})";

    private static string Allowed(DeclaredKey parameter)
    {
        if (parameter.Type.IsEnum) return string.Join(", ", Enum.GetNames(parameter.Type));
        if (parameter.Type == typeof(bool)) return "true, false";
        if (!parameter.IsNumber) return "text";
        var kind = parameter.Type == typeof(int) ? "" : "number ";
        return string.Create(CultureInfo.InvariantCulture, $"{kind}{parameter.Minimum} … {parameter.Maximum}");
    }
}
