using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Html;

public class ParameterSearchSectionTests
{
    private static readonly SyntheticRun _run = SyntheticRun.Make(strategies: 200, trades: 3000);

    private static string Page(ParameterSearchResults results)
    {
        var output = new StringWriter();
        HtmlReport.Write(output, _run.Model with { Sections = [results] }, _run);
        return output.ToString();
    }

    private static HtmlText.Element Section(string page) => HtmlText.Parse(page).Elements
        .Single(e => e.Name == "section" && e.Attributes.GetValueOrDefault("id") == "search");

    private static List<string[]> Rows(HtmlText.Element section, string caption) => [.. section.Descendants()
        .First(e => e.Name == "table" && e.Children[0].AllText() == caption).Descendants().Where(e => e.Name == "tr").Skip(1)
        .Select(r => r.Children.Select(c => c.AllText()).ToArray())];

    [Fact]
    public void The_best_trial_stands_beside_the_luck_bar_with_a_sentence()
    {
        var results = SyntheticSearch.Of(_run.Model);
        var section = Section(Page(results));
        var badges = section.Descendants().Where(e => e.Name == "span" && e.Attributes.GetValueOrDefault("class")?
            .StartsWith("badge", StringComparison.Ordinal) == true).Select(e => e.AllText()).ToArray();
        badges.ShouldBe(["Above the luck bar", "Not above the luck bar"]);
        foreach (var search in results.Searches) section.AllText().ShouldContain(NumberText.Typeset(search.Conclusion));
        var figures = section.Descendants().First(e => e.Name == "dl").Children.Select(f => (f.Children[0].AllText(),
            f.Children[1].AllText())).ToArray();
        var first = results.Searches[0];
        figures.ShouldContain(("Best Sharpe ratio", NumberText.Ratio(first.BestSharpe)));
        figures.ShouldContain(("Luck bar", "1.08"));
        figures.ShouldContain(("Trials", "200"));
    }

    [Fact]
    public void The_conclusion_says_what_is_missing_where_no_luck_bar_or_no_best_trial_is_defined()
    {
        var search = SyntheticSearch.Of(_run.Model).Searches[0];
        search.Conclusion.ShouldContain("above the luck bar of 1.08");
        (search with { LuckBar = 3 }).Conclusion.ShouldContain("not above the luck bar of 3.00");
        (search with { LuckBar = double.NaN }).Conclusion.ShouldContain("too few trials differ");
        (search with { BestSharpe = double.NaN }).Conclusion.ShouldContain("cannot be compared with luck");
        (search with { Best = [] }).Conclusion.ShouldContain("there is no best trial");
    }

    [Fact]
    public void A_search_with_one_objective_has_its_charts_and_one_with_two_its_front()
    {
        var section = Section(Page(SyntheticSearch.Of(_run.Model)));
        var titles = section.Descendants().Where(e => e.Name == "figcaption").Select(e => e.Children[0].AllText()).ToArray();
        foreach (var title in (string[])["Sharpe ratio of each trial", "How the trials are distributed by sharpe ratio", "slow", "fast",
            "exit", "stopLossPercent", "Sharpe ratio over slow and fast", "Parameters and objective of each trial"])
            titles.Count(t => t == title).ShouldBe(2, title);
        titles.Count(t => t == "Sharpe ratio against maximum drawdown").ShouldBe(1);
        // The most important parameter comes first.
        titles.SkipWhile(t => t != "slow").Take(4).ShouldBe(["slow", "fast", "exit", "stopLossPercent"]);
    }

    [Fact]
    public void The_table_has_the_best_trials_first_with_their_parameters_and_statistics()
    {
        var results = SyntheticSearch.Of(_run.Model);
        var section = Section(Page(results));
        var (one, two) = (results.Searches[0], results.Searches[1]);
        var rows = Rows(section, "Best trials of SmaCross@NVDA:1d");
        var best = one.Trials.Where(t => t.State == "finished").OrderByDescending(t => t.Objectives[0]).Take(20).ToArray();
        rows.Select(r => r[0]).ShouldBe(best.Select(t => NumberText.Count(t.Number)));
        rows.Select(r => r[1]).ShouldBe(best.Select(t => NumberText.Ratio(t.Objectives[0])));
        rows[0][4].ShouldBe(best[0].Values["exit"]);
        var stats = _run.Model.Strategies.Single(s => s.Id == best[0].Strategy).Stats!;
        rows[0][6].ShouldBe(NumberText.Count(stats.Trades));
        var front = Rows(section, "Best trials of SmaCross@YHOO:1d, the Pareto front first");
        front.Take(two.Best.Count).Select(r => r[0]).ShouldBe(two.Best.Take(20).Select(n => NumberText.Count(n)));
        front.Count(r => r[1] == "yes").ShouldBe(Math.Min(20, two.Best.Count));
    }

    [Fact]
    public void The_importance_is_sorted_and_has_its_deviation()
    {
        var section = Section(Page(SyntheticSearch.Of(_run.Model)));
        Rows(section, "Importance of the parameters").Select(r => (r[0], r[2])).ShouldBe([("slow", "51.2% ± 6.1"), ("fast", "20.4% ± 4.3"),
            ("exit", "11.8% ± 5.0"), ("stopLossPercent", "2.1% ± 1.8")]);
        Rows(section, "Importance for maximum drawdown")[0][0].ShouldBe("stopLossPercent");
    }

    [Fact]
    public void Where_no_trial_finished_the_page_says_so_and_draws_nothing()
    {
        var results = SyntheticSearch.Of(_run.Model);
        var search = results.Searches[0];
        var none = search with
        {
            Best = [],
            BestSharpe = double.NaN,
            LuckBar = double.NaN,
            Importance = [],
            Finished = 0,
            Failed = 200,
            Trials = [.. search.Trials.Select(t => t with { State = "failed", Objectives = [double.NaN], Best = double.NaN })],
        };
        var section = Section(Page(results with { Searches = [none] }));
        section.AllText().ShouldContain("there is no best trial");
        section.Descendants().ShouldNotContain(e => e.Name == "figure");
    }

    [Fact]
    public void Every_search_of_many_is_in_the_table_and_the_page_says_which_are_drawn()
    {
        var one = SyntheticSearch.Of(_run.Model).Searches[0];
        var many = new ParameterSearchResults { Searches = [.. Enumerable.Range(0, 9).Select(i => one with { Strategy = $"A@S{i}:1d" })] };
        var section = Section(Page(many));
        Rows(section, "Searches").Select(r => r[0]).ShouldBe(many.Searches.Select(s => s.Strategy));
        section.AllText().ShouldContain("The first 6 of 9 searches are drawn; trials.csv has all trials.");
        section.Descendants().Count(e => e.Name == "details").ShouldBe(5);
    }

    [Fact]
    public void Five_thousand_trials_add_less_than_half_a_megabyte_and_are_drawn_the_same_each_time()
    {
        var results = SyntheticSearch.Of(_run.Model, 5000);
        var page = Page(results);
        (page.Length - Page(results with { Searches = [] }).Length).ShouldBeLessThan(500_000);
        Page(SyntheticSearch.Of(_run.Model, 5000)).ShouldBe(page);
    }

    [Fact]
    public void The_section_is_read_back_as_it_was_written()
    {
        var results = SyntheticSearch.Of(_run.Model);
        var json = results.ToJson();
        json.ShouldContain("\"conclusion\":\"Trial ");
        ResultSection.Read<ParameterSearchResults>(json).ToJson().ShouldBe(json);
    }

    [Fact]
    public void Trials_are_no_parameter_map()
    {
        var run = SyntheticRun.Make(strategies: 1000, trades: 4000, symbols: 2, days: 400);
        Written([]).ShouldContain("id=\"parameters\"");
        Written([SyntheticSearch.Of(run.Model, 1000)]).ShouldNotContain("id=\"parameters\"");

        string Written(ResultSection[] sections)
        {
            var output = new StringWriter();
            HtmlReport.Write(output, run.Model with { Sections = sections }, run);
            return output.ToString();
        }
    }
}
