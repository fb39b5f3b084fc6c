using System.Globalization;
using System.Text;
using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>The catalogue as a page to read: docs/strategies.md.</summary>
public static class StrategyPage
{
    /// <summary>Markdown, the engine's own strategies in alphabetical order, lines ended by a single newline.</summary>
    public static string Markdown()
    {
        var all = StrategyCatalogue.All.Where(d => d.Type.Assembly == typeof(Strategy).Assembly).ToList();
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $$"""
            # Strategies

            Made from the catalogue, which is made of the classes in `src/Granary.Engine/Strategies`; a test fails when this page is stale (`GRANARY_WRITE_DOCS=1` writes it anew).
            A batch file names a strategy by its class, and its parameters by name; an array of values makes a grid. Missing parameters take their defaults:
            `{ "class": "SmaCross", "params": { "fast": [10, 20], "slow": 30 }, "sides": "long" }`.
            Size, stop, target, trailing stop, the longest holding time and the sides that may be traded are the batch's, for every strategy, unless its text says that it has its own.
            A strategy that wants to go to a side that the batch does not allow only leaves the other.
            A strategy *over several symbols* is one instance with one account for all symbols of the batch (or those in its `symbols`), instead of one for each.

            {{all.Count}} strategies: {{string.Join(" · ", all.Select(d => $"[{d.Name}](#{d.Name.ToLowerInvariant()})"))}}

            """);
        foreach (var definition in all) Append(page, definition);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder page, StrategyDefinition definition)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {definition.Name}\n\n{definition.Summary}{(definition.IsMultiSymbol ? " *Over several symbols.*" : "")}\n\n");
        if (definition.Parameters.Count > 0)
        {
            page.Append("| parameter | default | allowed |\n| --- | --- | --- |\n");
            foreach (var parameter in definition.Parameters)
                page.Append(CultureInfo.InvariantCulture, $"| `{parameter.Name}` | {(parameter.Default is { } value ? StrategyDefinition.TextOf(value) : "none")} | {Allowed(parameter)} |\n");
            page.Append('\n');
        }
        page.Append(CultureInfo.InvariantCulture, $"- Earns: {definition.Earns}\n- Bleeds: {definition.Bleeds}\n");
        if (definition.Source.Length > 0) page.Append(CultureInfo.InvariantCulture, $"- Source: {definition.Source}\n");
    }

    private static string Allowed(ParameterDefinition parameter)
    {
        if (parameter.Type.IsEnum) return string.Join(", ", Enum.GetNames(parameter.Type));
        if (parameter.Type == typeof(bool)) return "true, false";
        return parameter.IsNumber
            ? string.Create(CultureInfo.InvariantCulture, $"{(parameter.Type == typeof(int) ? "whole" : "number")}, {parameter.Minimum} … {parameter.Maximum}")
            : "text";
    }
}
