using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Server.Explanations;

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
