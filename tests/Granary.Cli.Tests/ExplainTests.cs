using System.Text.Json;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Server.Explanations;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>What the terms of tables and files mean.</summary>
public sealed class ExplainTests
{
    private static readonly IReadOnlyList<Explanation> All = ExplanationCatalogue.Of(TestCatalogues.All);

    [Fact]
    public void Every_metric_check_and_code_that_a_run_writes_is_explained()
    {
        string[] terms =
        [
            .. MetricCatalogue.BuiltIn.All.Select(m => m.Key), .. ValidationChecks.Checks, ValidationChecks.Benchmark,
            .. Decision.All.Select(d => d.Word), .. Enum.GetValues<ExitReason>().Select(e => e.Word()),
            .. Enum.GetValues<SignalEnd>().Select(e => e.Word()), .. Enum.GetValues<NoteCode>().Select(c => new RunNote(c, "").CodeText),
        ];
        foreach (var term in terms)
            All.Where(e => e.IsCalled(term)).ShouldContain(e => e.Text.Length > 20 || e.Formula.Length > 0, term);
        All.Where(e => e.Kind == "metric").ShouldAllBe(e => e.Formula.Length > 0 && e.Source.Length > 0);
        All.Select(e => (e.Term, e.Kind)).ShouldBeUnique();
    }

    // The pages and answers of the checks and of the weight rules name their figures by these keys.
    [Theory]
    [InlineData(typeof(ValidationFigures))]
    [InlineData(typeof(AllocationRow))]
    public void Every_figure_of_these_sections_of_the_results_is_explained(Type section) =>
        section.GetProperties().Where(p => p.PropertyType == typeof(double) || p.PropertyType == typeof(double?))
            .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).Where(key => !All.Any(e => e.IsCalled(key))).ShouldBeEmpty();

    [Fact]
    public void Every_cause_of_a_difference_on_the_page_of_parity_is_explained()
    {
        var page = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "docs", "parity.md"));
        string[] causes = [.. page.SkipWhile(l => !l.StartsWith("| cause", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(l => l.StartsWith('|')).Select(l => l.Split('`')[1])];
        causes.Length.ShouldBeGreaterThan(8);
        causes.Where(cause => !All.Any(e => e.IsCalled(cause) && e.Kind == "cause of a difference")).ShouldBeEmpty();
    }

    [Theory]
    // What a page or an answer says, with a word of its explanation.
    [InlineData("luck bar", "worthless")]
    [InlineData("degradation", "slope")]
    [InlineData("shrinkage", "identity")]
    [InlineData("IC", "rank correlation")]
    [InlineData("survivorship", "universe")]
    [InlineData("importance", "not comparable")]
    [InlineData("importance of a parameter", "64 trees")]
    [InlineData("importance of a feature", "shuffled")]
    [InlineData("late bar", "came too late")]
    [InlineData("unexplained", "nothing in the journal gives a reason")]
    public void A_word_of_a_page_is_explained(string word, string by) =>
        ExplanationCatalogue.Find(All, word).ShouldContain(e => (e.Text + e.Formula).Contains(by), word);

    [Fact]
    public async Task A_term_is_found_by_its_key_by_its_name_by_a_word_of_them_and_in_any_case()
    {
        foreach (var words in new[] { new[] { "maxDrawdown" }, ["Maximum", "drawdown"], ["MAX-DRAWDOWN"] })
        {
            var explained = await GranaryCall.RunAsync(["explain", .. words]);
            (explained.ExitCode, explained.Error).ShouldBe((0, ""));
            explained.Output.ShouldContain("maxDrawdown (metric)");
            explained.Output.ShouldContain("Formula: max(1 ");
        }
        foreach (var (word, term, related) in new[]
                 {
                     ("pbo", "PBO (term)", ""), ("kelly", "kelly (term)", "Kelly's formula"),
                     ("drawdown", "drawdown (term)", "maxDrawdown, maxDrawdownDays, max-drawdown"),
                     ("mae", "mae, mfe (convention)", ""), ("var", "var95 (metric)", ""),
                 })
        {
            var found = await GranaryCall.RunAsync("explain", word);
            (found.ExitCode, found.Error).ShouldBe((0, ""), word);
            found.Output.ShouldStartWith(term);
            if (related.Length > 0) found.Output.ShouldContain("See also: " + related);
        }
        var unknown = await GranaryCall.RunAsync("explain", "sharp");
        (unknown.ExitCode, unknown.Output).ShouldBe((2, ""));
        unknown.Error.ShouldContain("did you mean 'sharpe'?");
    }
}
