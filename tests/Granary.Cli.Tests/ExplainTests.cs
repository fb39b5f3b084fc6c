using System.Text.Json;
using System.Text.RegularExpressions;
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

    // Titles of tables and figures: of the reports, of the terminal, of the dashboard.
    [Theory]
    [InlineData("src/Granary.Reporting/Html", "*.cs", @"new\(""([^""{]+)""(?:, (?:Number|Hint|Minor)[^)]*)?\)", 200)]
    [InlineData("src/Granary.Cli", "*.cs", @"Column\.(?:Text|Number)\(""([^""{]+)""", 100)]
    [InlineData("src/Granary.Web/src/views", "*.tsx", "(?:title|name): '([^'{]+)'", 150)]
    public void Every_word_of_a_title_is_explained_or_plain(string folder, string files, string pattern, int least)
    {
        var titles = Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), files, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/"))
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), pattern)).Select(m => m.Groups[1].Value).Distinct().ToList();
        titles.Count.ShouldBeGreaterThan(least);
        var plain = PlainWords.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        titles.Where(title => !All.Any(e => e.IsCalled(title))).SelectMany(title =>
                Regex.Matches(title, @"\p{Lu}?\p{Ll}+|\p{Lu}+").Select(w => (Word: w.Value, title)))
            .Where(t => !plain.Contains(t.Word) && !All.Any(e => e.Has(t.Word))).Select(t => $"'{t.Word}' of '{t.title}'").ShouldBeEmpty(
                "explain the word in docs/glossary.md, or add it to the plain words if every reader knows it");
    }

    // Words that need no explanation.
    private const string PlainWords = "desk afterwards booked chart exits other prices stops targets together"
        + " behind double find text"
        + " about abstained account accounts action actions added after against alerts all among amount analysis annual answers "
        + "apart applied as attempt attempts b backtest balance band basis batch because becomes before both bought broker came "
        + "capacity cause causes challengers chance change changed channel channels charges checks choice chosen combinations "
        + "compare compared conditions configuration content contribution corrected created currency current cv damaged dates "
        + "decides decision deepest default deployment deployments depth did differs discoveries doubled due earned editor "
        + "end entered equal exit exited expires fall far fault favour features fewer field figure file files filled fills finals "
        + "findings finished format found from gained gains given greatest handling happened has have holdout if import "
        + "independent inner inputs it its job jobs joined json judged kind known lag large last later layer layout learned least "
        + "likelier listed long losses lost machines made markets meaning measure median members memory message method missing "
        + "models monitor my name names needs network new next noticed now number observed odd only order orders outcome outcomes "
        + "outputs over overview own paper parameters part passed paths pause peak percent perfect permits permutation pool "
        + "portfolio portfolios position prediction predicts processor processors progress promised property queue r read reason "
        + "rebalancing recovered recovery refusals reinforcement remaining remedy replaced resume reward right role round rows "
        + "rules run running runs samples schedule search seed seeds sent severity sha share side sides signals slowest smallest "
        + "so sold source sources spell spells start starts step steps store stretch study submitted sum symbols take term tested "
        + "tests these times took tradable traded trained trainer training upper used utc va validated venue versions waiting was "
        + "weighted what when where who why windows wins won worth would wrong zone ";

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
    [InlineData("winnersOfNothing", "portfolio")]
    [InlineData("ruin", "resampling counts paths")]
    [InlineData("effective trials", "independent")]
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
