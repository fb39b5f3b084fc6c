using System.Globalization;
using System.Text;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The catalogue as a page to read: docs/factors.md.</summary>
public static class FactorPage
{
    /// <summary>Markdown, the factors in alphabetical order, lines ended by a single newline.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Factors

            Made from the catalogue, which is made of the classes in `src/Granary.Engine/Factors`; a test fails when this page is stale (`GRANARY_WRITE_DOCS=1` writes it anew).
            A factor is written `name(parameters)@timeframe.line`, of which only the name is needed: `sma`, `sma(50)`, `macd(12,26,9).signal`, `sma(20)@1h`.
            Missing parameters take their defaults. With `@timeframe` it is that of the last *finished* longer bar, built from the feed's own.
            A value is empty (NaN) until the factor is warm, and afterwards only where "undefined" says so. `close[k]` is the close of k bars ago.
            Every factor is computed by one piece of code whether bars come singly or in blocks, sees no later bar, and allocates nothing per bar.
            Where another program means something else by a name, [factors-differences.md](factors-differences.md) says what and by how much.

            {FactorCatalogue.All.Count} factors: {string.Join(" · ", FactorCatalogue.All.Select(d => $"[{d.Name}](#{d.Name})"))}

            """);
        foreach (var definition in FactorCatalogue.All) Append(page, definition);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder page, FactorDefinition definition)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {definition.Name}\n\n`{Signature(definition)}`: {definition.Summary}\n\n");
        foreach (var parameter in definition.Parameters)
            page.Append(CultureInfo.InvariantCulture, $"- `{parameter.Name}`: {Allowed(parameter)}\n");
        if (definition.Lines.Count > 1 || definition.Lines[0].Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"- lines: {string.Join(' ', definition.Lines.Select(l => l.Length == 0 ? $"`{definition.Name}`" : $"`.{l}`"))}\n");
        page.Append(CultureInfo.InvariantCulture, $"- formula: {definition.Formula}\n- source: {definition.Source}\n- warm-up: {WarmUp(definition)}\n- range: {definition.Range}\n");
        if (definition.Undefined.Length > 0) page.Append(CultureInfo.InvariantCulture, $"- undefined: {definition.Undefined}\n");
    }

    private static string Signature(FactorDefinition definition) =>
        definition.Parameters.Count == 0 ? definition.Name : $"{definition.Name}({string.Join(", ", definition.Parameters.Select(p => p.Default is null ? p.Name : $"{p.Name} = {Text(p.Default)}"))})";

    private static string Allowed(ParameterDefinition parameter)
    {
        if (parameter.Type.IsEnum) return string.Join(", ", Enum.GetNames(parameter.Type)).ToLowerInvariant();
        if (parameter.IsNumber) return string.Create(CultureInfo.InvariantCulture, $"{(parameter.Type == typeof(int) ? "whole" : "number")}, {parameter.Minimum} … {parameter.Maximum}");
        return "text";
    }

    // On minutes, which every factor takes; those that count minutes say how many bars that makes.
    private static string WarmUp(FactorDefinition definition)
    {
        var arguments = definition.Parameters.Select(p => p.Default ?? "SYMBOL").ToArray();
        var kernel = definition.Create(arguments);
        kernel.Series = new MarketSeries(new Instrument { Symbol = "ANY" }, Timeframe.M1);
        kernel.Start();
        var bars = definition.Lines.Select((_, line) => kernel.WarmUpOf(line)).ToArray();
        var count = bars.Distinct().Count() == 1
            ? Bars(bars[0])
            : string.Join(", ", definition.Lines.Zip(bars, (name, n) => (name.Length == 0 ? definition.Name : "." + name) + " " + Bars(n)));
        return (definition.Undefined.Length > 0 ? "at least " : "") + count + (definition.Parameters.Count > 0 ? " at the defaults" : "");
    }

    private static string Bars(int n) => n == 1 ? "1 bar" : n.ToString(CultureInfo.InvariantCulture) + " bars";

    private static string Text(object value) => value is Enum e ? e.ToString().ToLowerInvariant() : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
