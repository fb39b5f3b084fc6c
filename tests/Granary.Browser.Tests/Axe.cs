using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Granary.Browser.Tests;

/// <summary>
/// axe-core in a page. Its script is put into each document once: Deque.AxeCore.Playwright does so for each look, and opens a tab
/// for the result, which costs more than the look itself.
/// </summary>
internal static class Axe
{
    /// <summary>What changes with the theme or the width alone.</summary>
    public static readonly string[] Seen = ["color-contrast", "scrollable-region-focusable"];

    /// <summary>What changes with the width alone, and a rule that applies to each page, so that one passes.</summary>
    public static readonly string[] Scrolling = ["scrollable-region-focusable", "document-title"];

    private static readonly string _script = new BundledAxeScriptProvider().GetScript();

    // Other results than violations come with one element each. The page answers with sentences, and with how many rules it passes.
    private const string Look = """
        async rules => {
            const options = { resultTypes: ['violations'] };
            if (rules.length > 0) options.runOnly = { type: 'rule', values: rules };
            const { violations, passes } = await axe.run(document, options);
            const html = v => v.nodes.slice(0, 3).map(n => n.html).join('; ');
            return [String(passes.length), ...violations.map(v => v.id + ': ' + html(v))];
        }
        """;

    /// <summary>A sentence for each rule that the page breaks.</summary>
    /// <param name="rules">The rules that are looked at; all where none is named.</param>
    public static async Task<IEnumerable<string>> ViolationsAsync(IPage page, params string[] rules)
    {
        if (await page.EvaluateAsync<bool>("typeof axe === 'undefined'")) await page.EvaluateAsync(_script + "; undefined");
        var answer = await page.EvaluateAsync<string[]>(Look, rules);
        int.Parse(answer[0]).ShouldBeGreaterThan(rules.Length == 0 ? 10 : 0, "axe has looked at the page");
        return answer.Skip(1);
    }
}
