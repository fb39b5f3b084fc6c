using System.Globalization;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Plugins;

namespace Granary.Scripting.Completion;

/// <summary>Names of factors, their lines and timeframes within the quotes of <c>Use("macd(12,26,9).signal@1h")</c>.</summary>
internal static class FactorCompletion
{
    /// <param name="before">The text between the quote and the cursor.</param>
    public static CompletionList At(FactorCatalogue factors, string before, int position)
    {
        if (before.LastIndexOf('@') is >= 0 and var at)
            return List(before[(at + 1)..], Timeframe.All.Select(t => new CompletionItem(t.ToString(), "timeframe", t.ToString(), null)));
        var open = before.IndexOf('(', StringComparison.Ordinal);
        var name = open < 0 ? before.Split('.')[0] : before[..open];
        var close = before.LastIndexOf(')');
        var dot = before.IndexOf('.', Math.Max(0, close));
        if (open >= 0 && close < open) return List("", []);
        if (dot < 0)
            return open >= 0 ? List("", []) : List(before, factors.All.Select(f => new CompletionItem(f.Name, "factor", SignatureOf(f),
                f.Summary, f.Parameters.Count == 0 ? f.Name : $"{f.Name}({UsualOf(f)}$0)")));
        return List(before[(dot + 1)..], factors.All.FirstOrDefault(f => f.Name == name)?.Lines.Where(l => l.Length > 0)
            .Select(l => new CompletionItem(l, "line", $"{name}.{l}", null)) ?? []);

        CompletionList List(string typed, IEnumerable<CompletionItem> items) =>
            new(position - typed.Length, [.. items.OrderBy(i => i.Label, StringComparer.Ordinal)]);
    }

    private static string SignatureOf(FactorDefinition factor) =>
        $"{factor.Name}({string.Join(", ", factor.Parameters.Select(ParameterOf))})";

    private static string ParameterOf(DeclaredKey p)
    {
        var range = double.IsFinite(p.Minimum) || double.IsFinite(p.Maximum)
            ? string.Create(CultureInfo.InvariantCulture, $" {p.Minimum} to {p.Maximum}") : "";
        return p.Default is null ? p.Name + range : string.Create(CultureInfo.InvariantCulture, $"{p.Name}{range} = {p.Default}");
    }

    // The defaults, so that what is inserted is a factor; one without a default is left to the author.
    private static string UsualOf(FactorDefinition factor) => string.Join(',', factor.Parameters.TakeWhile(p => p.Default is not null)
        .Select(p => Convert.ToString(p.Default, CultureInfo.InvariantCulture)));
}
