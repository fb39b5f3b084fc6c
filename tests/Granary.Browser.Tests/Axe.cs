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
    public static readonly string[] Seen = [Contrast, "scrollable-region-focusable"];

    /// <summary>The rule that <see cref="PageFaults.Faint"/> judges too, for each text, in a tenth of the time.</summary>
    public const string Contrast = "color-contrast";

    private static readonly string _script = new BundledAxeScriptProvider().GetScript();

    // Other results than violations come with one element each. The page answers with sentences, and with how many rules it passes.
    // The rules begin with 'all but' where they name those that are left out.
    private const string Look = """
        async rules => {
            const options = { resultTypes: ['violations'] };
            if (rules.length > 0 && rules[0] !== 'all but') options.runOnly = { type: 'rule', values: rules };
            else options.rules = Object.fromEntries(rules.slice(1).map(r => [r, { enabled: false }]));
            const { violations, passes } = await axe.run(document, options);
            const html = v => v.nodes.slice(0, 3).map(n => n.html).join('; ');
            return [String(passes.length), ...violations.map(v => v.id + ': ' + html(v))];
        }
        """;

    // Two rows of a table whose cells have the same elements, classes and names of attributes, and texts at the same places, break the same
    // rules. Of such rows the first stays.
    private const string Shorten = """
        () => {
            const own = e => e.tagName + '.' + e.className + [...e.attributes].map(a => a.name) + (e.textContent.trim() ? '' : ' empty');
            const form = e => own(e) + '(' + [...e.children].map(form) + ')';
            for (const list of new Set([...document.querySelectorAll('tr, option')].map(e => e.parentElement))) {
                const seen = new Set();
                for (const row of [...list.children]) {
                    const forms = [own(row), ...[...row.children].map((e, i) => i + form(e))];
                    if (forms.every(f => seen.has(f))) row.remove();
                    forms.forEach(f => seen.add(f));
                }
            }
        }
        """;

    /// <summary>
    /// A sentence for each rule but <see cref="Contrast"/> that the page breaks. The page loses rows that are like others, so that this is
    /// the last look at it.
    /// </summary>
    public static async Task<IEnumerable<string>> LastViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(Shorten);
        return await ViolationsAsync(page, "all but", Contrast);
    }

    /// <summary>A sentence for each rule that the page breaks.</summary>
    /// <param name="rules">The rules that are looked at; all where none is named.</param>
    public static async Task<IEnumerable<string>> ViolationsAsync(IPage page, params string[] rules)
    {
        if (await page.EvaluateAsync<bool>("typeof axe === 'undefined'")) await page.EvaluateAsync(_script + "; undefined");
        var answer = await page.EvaluateAsync<string[]>(Look, rules);
        int.Parse(answer[0]).ShouldBeGreaterThan(rules is [] or ["all but", ..] ? 10 : 0, "axe has looked at the page");
        return answer.Skip(1);
    }
}
