using System.Globalization;
using System.Text;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

/// <summary>Writes the catalogue of factors as the page docs/factors.md.</summary>
internal static class FactorPage
{
    private const string Textbook = "textbook";
    private const int FewLines = 5;

    /// <summary>Markdown, the factors in alphabetical order, lines ended by a single newline.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        var factors = FactorCatalogue.BuiltIn.All;
        page.Append(CultureInfo.InvariantCulture, $"""
            # Factors

            This page is generated from the classes in `src/Granary.Engine/Factors`.
            `GRANARY_WRITE_DOCS=1` with `FactorPageTests` writes it; the test fails when it is stale.

            A factor is written `name(parameters)@timeframe.line`. Only the name is required:
            `sma`, `sma(50)`, `macd(12,26,9).signal`, `sma(20)@1h`.

            - Missing parameters take their defaults. A parameter without a range is a whole number from 1 to 10000.
            - `@timeframe` computes the factor over longer bars, built from the feed's bars.
              The value comes from the last *finished* longer bar.
            - Warm-up counts bars at the default parameters.
              A value is empty (NaN) during warm-up, and later only where "undefined" says so.
            - `close[k]` is the close k bars ago. A formula without a source has the textbook definition.
            - A factor sees no later bar. It has the same bits bar by bar and in blocks.
            - [factors-differences.md](factors-differences.md) lists the definitions of other programs that differ.

            | family | the {factors.Count} factors |
            | --- | --- |

            """);
        foreach (var family in factors.GroupBy(d => d.Kernel.Namespace!.Split('.')[^1]).OrderBy(g => g.Key, StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture,
                $"| {family.Key.ToLowerInvariant()} | {string.Join(", ", family.Select(d => $"[{d.Name}](#{d.Name})"))} |\n");
        foreach (var definition in factors) Append(page, definition);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder page, FactorDefinition definition)
    {
        var signature = definition.Parameters.Count == 0 ? "" : $"`{Signature(definition)}`: ";
        page.Append(CultureInfo.InvariantCulture, $"\n## {definition.Name}\n\n{signature}{definition.Summary}\n\n");
        var ranges = definition.Parameters.Where(p => !IsUsual(p)).Select(p => $"`{p.Name}` {Allowed(p)}").ToList();
        if (ranges.Count > 0) page.Append(CultureInfo.InvariantCulture, $"- parameters: {string.Join("; ", ranges)}\n");
        if (definition.Lines.Count > 1 || definition.Lines[0].Length > 0)
        {
            var lines = definition.Lines.Select(line => line.Length == 0 ? $"`{definition.Name}`" : $"`.{line}`");
            page.Append(CultureInfo.InvariantCulture, $"- lines: {string.Join(' ', lines)}\n");
        }
        page.Append(CultureInfo.InvariantCulture, $"- formula: {definition.Formula}\n");
        var source = definition.Source == Textbook ? "" : "; source: " + definition.Source.Replace(';', ',');
        page.Append(CultureInfo.InvariantCulture, $"- warm-up: {WarmUp(definition)}; range: {definition.Range}{source}\n");
        if (definition.Undefined.Length > 0) page.Append(CultureInfo.InvariantCulture, $"- undefined: {definition.Undefined}\n");
    }

    private static string Signature(FactorDefinition definition)
    {
        var parameters = definition.Parameters.Select(p => p.Default is null ? p.Name : $"{p.Name} = {Text(p.Default)}");
        return $"{definition.Name}({string.Join(", ", parameters)})";
    }

    // The range that the page's head states once for all.
    private static bool IsUsual(DeclaredKey parameter) =>
        parameter is { IsNumber: true, Minimum: 1, Maximum: 10_000 } && parameter.Type == typeof(int);

    private static string Allowed(DeclaredKey parameter)
    {
        if (parameter.Type.IsEnum) return string.Join(", ", Enum.GetNames(parameter.Type)).ToLowerInvariant();
        if (!parameter.IsNumber) return "text";
        var kind = parameter.Type == typeof(int) ? "" : "number ";
        return string.Create(CultureInfo.InvariantCulture, $"{kind}{parameter.Minimum} … {parameter.Maximum}");
    }

    // On minutes, which every factor takes; those that count minutes say how many bars that makes.
    private static string WarmUp(FactorDefinition definition)
    {
        var arguments = definition.Parameters.Select(p => p.Default ?? "SYMBOL").ToArray();
        var kernel = definition.Create(arguments);
        kernel.Begin(new MarketSeries(new Instrument { Symbol = "ANY" }, Timeframe.M1));
        var bars = definition.Lines.Select((_, line) => kernel.WarmUpOf(line)).ToArray();
        var count = bars.Distinct().Count() == 1
            ? Bars(bars[0])
            : bars.Length > FewLines ? $"{bars.Min()} to {Bars(bars.Max())} by line"
            : string.Join(", ", definition.Lines.Zip(bars, (name, n) => (name.Length == 0 ? definition.Name : "." + name) + " " + Bars(n)));
        return (definition.Undefined.Length > 0 ? "at least " : "") + count;
    }

    private static string Bars(int n) => n == 1 ? "1 bar" : n.ToString(CultureInfo.InvariantCulture) + " bars";

    private static string Text(object value) =>
        value is Enum e ? e.ToString().ToLowerInvariant() : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
