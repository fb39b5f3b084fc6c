using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;

namespace Granary.Server.Explanations;

/// <summary>The terms that tables, files and messages use, each explained where it is defined.</summary>
internal static class ExplanationCatalogue
{
    // Tables of docs/ that define words: page, beginning of the first header cell, kind of the words.
    private static readonly (string Page, string Header, string Kind)[] s_tables =
    [
        ("parity.md", "cause", "cause of a difference"),
        ("allocation.md", "key of `allocations.rules`", "figure of a weight rule"),
        ("validation.md", "key of `rebalance`", "key of portfolio.rebalance"),
        ("validation.md", "key of `walkForward`", "key of walkForward"),
    ];

    /// <param name="catalogues">Catalogues of the process, plug-ins included.</param>
    public static IReadOnlyList<Explanation> Of(GranaryCatalogues catalogues) =>
    [
        .. catalogues.Metrics.All.Select(Metric),
        .. Formulas.Conventions.Concat(Formulas.Checks).Select(f =>
            new Explanation(f.Name, "convention", "") { Formula = f.Text, Source = f.Source }),
        .. Checks(),
        .. Decision.All.Concat(catalogues.PortfolioRules.All.Select(r => r.Refusal)).Distinct()
            .Select(d => new Explanation(d.Word, "decision on an entry", d.Sentence) { Name = d.Title }),
        .. Enum.GetValues<ExitReason>().Select(e => new Explanation(e.Word(), "reason of an exit", e.Sentence()) { Name = e.Title() }),
        .. Enum.GetValues<SignalEnd>().Select(e => new Explanation(e.Word(), "end of a signal without a trade", e.Sentence())
            { Name = e.Title() }),
        .. Enum.GetValues<NoteCode>().Select(c => new Explanation(new RunNote(c, "").CodeText, "note of a run", NoteText.Explained(c))),
        .. catalogues.Strategies.All.Select(s => new Explanation(s.Name, "strategy",
            $"{s.Summary} Works in: {s.WorksIn} Loses in: {s.LosesIn}") { Source = s.Source }),
        .. catalogues.Factors.All.Select(f => new Explanation(f.Name, "factor", f.Summary) { Formula = f.Formula, Source = f.Source }),
        .. s_tables.SelectMany(t => new DocsPage(t.Page).Rows(t.Header)
            .SelectMany(row => row.Terms.Select(term => new Explanation(term, t.Kind, row.Text)))),
        .. new DocsPage("glossary.md").Items().Select(i => new Explanation(i.Term, "term", i.Text)),
    ];

    /// <summary>Returns the explanations of a word: those with exactly this term or name, else those that contain it.</summary>
    /// <param name="all">Of <see cref="Of"/>.</param>
    /// <exception cref="InputException">No term contains it.</exception>
    public static IReadOnlyList<Explanation> Find(IReadOnlyList<Explanation> all, string word)
    {
        var found = all.Where(e => e.IsCalled(word)).ToList();
        if (found.Count == 0) found = all.Where(e => e.Has(word)).ToList();
        if (found.Count > 0) return found;
        var near = Spelling.Nearest(word, all.SelectMany(e => new[] { e.Term, e.Name }).Where(n => n.Length > 0));
        throw new InputException($"'{word}' is not a term that Granary uses; "
            + (near is null ? "'granary explain' lists all" : $"did you mean '{near}'?"));
    }

    private static Explanation Metric(Metric m) => new(m.Key, "metric", $"{m.Name}. Unit: {MetricPage.Unit(m.Unit)}. " + m.Better switch
    {
        MetricDirection.Higher => "Greater values are better.",
        MetricDirection.Lower => "Smaller values are better.",
        MetricDirection.Neutral => "It describes the record; no value is better.",
    })
    { Name = m.Name, Formula = m.Formula, Source = m.Source };

    private static IEnumerable<Explanation> Checks() => new DocsPage("validation.md").Rows("check (").SelectMany(row =>
        row.Terms.Select(term => new Explanation(term, "validation check", row.Text) { Name = ValidationChecks.Words(term) }));
}
