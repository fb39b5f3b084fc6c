using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Html;

public class HtmlReportTests
{
    private static readonly SyntheticRun _thousand = SyntheticRun.Make();
    private static readonly string _page = Written(_thousand.Model, _thousand);

    private static string Written(RunModel model, IRunEvents events)
    {
        var output = new StringWriter();
        HtmlReport.Write(output, model, events);
        return output.ToString();
    }

    public static TheoryData<string> Pages() => ["run", "small", "search", "empty", "curve", "compare"];

    private static string Page(string which)
    {
        var output = new StringWriter();
        switch (which)
        {
            case "run":
                return _page;
            case "small":
                var small = SyntheticRun.Make(strategies: 3, trades: 30, symbols: 1, days: 300, benchmark: false);
                return Written(small.Model, small);
            case "search":
                var searched = SyntheticRun.Make(strategies: 200, trades: 400, symbols: 2, days: 300);
                return Written(searched.Model with { Sections = [SyntheticSearch.Of(searched.Model)] }, searched);
            case "empty":
                return Written(Empty(), new NoEvents());
            case "curve":
                HtmlReport.Write(output, Curve(500), new TearSheet("a <curve> & its \"name\""));
                return output.ToString();
            default:
                var (a, b) = (SyntheticRun.Make(strategies: 40, trades: 400), SyntheticRun.Make(strategies: 50, trades: 600, seed: 9));
                CompareReport.Write(output, a.Model, a, b.Model, b);
                return output.ToString();
        }
    }

    private static RunModel Empty() => new()
    {
        Name = "nothing",
        Run = "nothing-1",
        Digest = "00",
        CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Seconds = 0.2,
        ElapsedSeconds = 0.3,
        BarEvaluations = 0,
        Host = "embedded, 1 thread",
        Interrupted = true,
        Strategies = [new StrategyEntry(0, "SmaCross(fast=2,slow=3)@A:1d", "SmaCross", [("fast", 2), ("slow", 3)], "A", "1d", "long", 0,
            null, Error: "the market has no bars")],
        Markets = [],
        StartingCash = 1000,
        BatchText = "",
    };

    private static EquityCurve Curve(int days)
    {
        var random = new Random(3);
        var times = new long[days];
        var values = new double[days];
        for (var i = 0; i < days; i++)
        {
            times[i] = new DateTime(2019, 1, 1).AddDays(i).Ticks;
            values[i] = i == 0 ? 1000 : values[i - 1] * (1 + 0.02 * (random.NextDouble() - 0.49));
        }
        return new EquityCurve(times, values);
    }

    private sealed class NoEvents : IRunEvents
    {
        public IEnumerable<Trade> Trades(int strategy) => [];

        public IEnumerable<SignalRow> Signals(int strategy) => [];

        public IReadOnlyList<string> FactorNames(int strategy) => [];

        public IEnumerable<PortfolioTrade> PortfolioTrades() => [];

        public IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills() => [];

        public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) => [];

        public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most) => [];
    }

    [Theory, MemberData(nameof(Pages))]
    public void A_page_is_well_formed_and_its_ids_are_unique_and_found(string which)
    {
        var page = HtmlText.Parse(Page(which));
        var ids = page.Elements.Where(e => e.Attributes.ContainsKey("id")).Select(e => e.Attributes["id"]).ToArray();
        ids.Distinct().Count().ShouldBe(ids.Length);
        var known = ids.ToHashSet();
        var targets = page.Elements.SelectMany(e => e.Attributes).Where(a => a.Key is "href" or "aria-labelledby" or "aria-describedby")
            .SelectMany(a => a.Value.TrimStart('#').Split(' '));
        targets.Where(t => !known.Contains(t)).ShouldBeEmpty("every link leads into the page itself");
    }

    [Theory, MemberData(nameof(Pages))]
    public void A_page_loads_nothing_from_anywhere(string which)
    {
        var html = Page(which);
        var page = HtmlText.Parse(html);
        page.Elements.Where(e => e.Name is "link" or "img" or "iframe" or "object" or "embed" or "base" or "video" or "audio" or "source")
            .ShouldBeEmpty();
        var attributes = page.Elements.SelectMany(e => e.Attributes).ToArray();
        attributes.Where(a => a.Key is "src" or "srcset" or "xlink:href").ShouldBeEmpty();
        attributes.Where(a => a.Key.StartsWith("on", StringComparison.Ordinal)).ShouldBeEmpty("no attribute is a script");
        attributes.Where(a => a.Key == "href" && !a.Value.StartsWith('#')).ShouldBeEmpty();
        foreach (var style in page.Elements.Where(e => e.Name == "style"))
        {
            style.Text.ShouldNotContain("url(");
            style.Text.ShouldNotContain("@import");
        }
        var policy = page.Elements.Single(e =>
            e.Attributes.GetValueOrDefault("http-equiv") == "Content-Security-Policy").Attributes["content"];
        policy.ShouldStartWith("default-src &#39;none&#39;".Replace("&#39;", "'"));
        html.ShouldNotContain("http://");
        html.ShouldNotContain("https://");
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_table_has_a_caption_and_scoped_headings_and_every_drawing_says_what_it_shows(string which)
    {
        var page = HtmlText.Parse(Page(which));
        foreach (var table in page.Elements.Where(e => e.Name == "table"))
        {
            table.Children[0].Name.ShouldBe("caption");
            table.Children[0].AllText().Trim().ShouldNotBeEmpty();
            var inside = table.Descendants().ToArray();
            inside.Where(e => e.Name == "th" && e.Attributes.GetValueOrDefault("scope") is not ("row" or "col")).ShouldBeEmpty();
            var widths = inside.Where(e => e.Name == "tr").Select(r => r.Children.Count).Distinct().ToArray();
            widths.Length.ShouldBe(1, $"all rows of '{table.Children[0].AllText()}' have as many cells");
        }
        foreach (var svg in page.Elements.Where(e => e.Name == "svg" && e.Attributes.GetValueOrDefault("role") == "img"))
        {
            svg.Children[0].Name.ShouldBe("title");
            svg.Children[0].AllText().ShouldNotBeEmpty();
            svg.Children[1].Name.ShouldBe("desc");
            svg.Children[1].AllText().ShouldNotBeEmpty();
        }
        page.Elements.Where(e => e.Name == "svg" && e.Attributes.GetValueOrDefault("role") != "img")
            .ShouldAllBe(e => e.Attributes.ContainsKey("aria-hidden") || e.Ancestors().Any(a => a.Name == "svg"));
        page.Elements.Count(e => e.Name == "h1").ShouldBe(1);
        foreach (var landmark in (string[])["nav", "main", "footer", "header"])
            page.Elements.Count(e => e.Name == landmark).ShouldBe(1, landmark);
        page.Elements.Single(e => e.Name == "html").Attributes["lang"].ShouldBe("en");
    }

    [Theory, MemberData(nameof(Pages))]
    public void No_number_is_shown_as_NaN_and_no_drawing_has_one(string which)
    {
        var page = HtmlText.Parse(Page(which));
        var drawn = page.Elements.Where(e => e.Name is not ("script" or "style")).SelectMany(e => e.Attributes.Values.Append(e.Text)
            .Where(t => t.Contains("NaN", StringComparison.Ordinal) || t.Contains("Infinity", StringComparison.Ordinal)));
        drawn.ShouldBeEmpty();
        page.Elements.SelectMany(e => e.Attributes.Values).Where(v => v.Contains('∞')).ShouldBeEmpty();
        foreach (var data in page.Elements.Where(e => e.Name == "script" && e.Attributes.GetValueOrDefault("type") == "application/json"))
            JsonDocument.Parse(data.Text).Dispose();
    }

    [Fact]
    public void A_thousand_strategies_make_less_than_three_megabytes()
    {
        // Once to warm up, then the measured one; the time is printed and decides nothing, for the machine is shared.
        var clock = Stopwatch.StartNew();
        using var file = new MemoryStream();
        using (var writer = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true))
            HtmlReport.Write(writer, _thousand.Model, _thousand);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{_thousand.Model.Strategies.Count} strategies, {_thousand.TradeCount} trades: {clock.Elapsed.TotalSeconds:0.000} s, "
                + $"{file.Length / 1e6:0.00} MB");
        file.Length.ShouldBeLessThan(3_000_000);
    }

    [Fact]
    public void Of_very_many_strategies_the_best_are_shown_and_the_page_says_so()
    {
        var many = SyntheticRun.Make(strategies: 4000, trades: 20_000);
        var html = Written(many.Model, many);
        html.Length.ShouldBeLessThan(4_000_000);
        html.ShouldContain("The first 2,000 of 4,000 strategies");
        HtmlText.Parse(html).Elements.Count(e => e.Name == "tr" && e.Attributes.ContainsKey("data-id")).ShouldBe(2000);
    }

    [Fact]
    public void The_same_run_makes_the_same_page() => Written(_thousand.Model, _thousand).ShouldBe(_page);

    [Fact]
    public void The_learning_section_shows_what_models_did_out_of_sample_and_says_in_red_which_are_missing()
    {
        var section = HtmlText.Parse(_page).Elements.Single(e => e.Name == "section" && e.Attributes.GetValueOrDefault("id") == "learning");
        section.Descendants().Single(e => e.Name == "ul" && e.Attributes.GetValueOrDefault("class") == "loss").AllText()
            .ShouldContain("goes on without a model");
        var text = section.AllText();
        foreach (var what in (string[])["summed returns of out-of-sample trades", "gate-SYN_1d:2", "AUC 0.543", "2012-01-03", "2013-01-02",
            "50% to 60%", "rsi(14)", "direction(5)"]) text.ShouldContain(what);
    }

    [Fact]
    public void Weights_over_time_are_shown_with_each_choice_and_a_chart()
    {
        var section = HtmlText.Parse(_page).Elements.Single(e => e.Name == "section" && e.Attributes["id"] == "weights");
        var text = section.AllText();
        text.ShouldContain("matching-pursuit");
        text.ShouldContain(" chose 2 times, every 91 days, each time from the 364 days before. Before the first choice on 2012-12-24 "
            + "nothing trades.");
        text.ShouldContain("From 2013-03-25: 2 strategies");
        var rows = section.Descendants().Where(e => e.Name == "tr").Select(r =>
            string.Join('|', r.Children.Select(c => c.AllText()))).ToList();
        rows.ShouldContain("2012-12-24|2|2|1.0000|0.7500");
        rows.ShouldContain("2013-03-25|2|1|1.0000|0.6000");
        section.Descendants().ShouldContain(e => e.Name == "figure");
    }

    [Fact]
    public void Names_and_files_cannot_become_markup()
    {
        const string Evil = "</script><script>alert(1)</script>\"'<b>&\u0001";
        var model = _thousand.Model with
        {
            Name = Evil,
            Run = Evil,
            Notes = [new RunNote(NoteCode.StrategiesFailed, Evil)],
            BatchText = Evil,
            Host = Evil,
            BenchmarkName = Evil,
            Markets = [.. _thousand.Model.Markets.Select(m => m with { Findings = [Evil] })],
            Strategies = [.. _thousand.Model.Strategies.Select(s => s with { Id = s.Id + Evil, Class = s.Class + Evil,
                Params = [(Evil, Evil)], Sides = Evil, Error = Evil })],
            Sections = [new WeightResults { Rule = Evil, EveryDays = 1, Choices = 1,
                History = [new WeightStepRow(0, 1, 1, 1, 1, [new StrategyWeight(Evil, 1)])] },
                SyntheticResults.Allocations with { Rules = [new AllocationRow(Evil, 1, 1, 1, 1, 1, 1, 1)],
                    Risk = SyntheticResults.Allocations.Risk! with { Rules = [new NamedRisk(Evil, 1, 1)],
                        Contributions = [new RiskShare(Evil, 1, 1)] } }],
        };
        var page = HtmlText.Parse(Written(model, _thousand));
        page.Elements.Count(e => e.Name == "b" && e.AllText().Length == 0).ShouldBe(0);
        page.Elements.Count(e => e.Name == "script" && !e.Attributes.ContainsKey("type")).ShouldBe(1, "the page's own script alone");
    }

    [Fact]
    public void Weight_rules_are_compared_in_a_table_and_their_last_weights_are_drawn_by_name()
    {
        var section = HtmlText.Parse(_page).Elements.Single(e => e.Name == "section" && e.Attributes["id"] == "allocations");
        var rows = section.Descendants().Where(e => e.Name == "tr")
            .Select(r => string.Join(" | ", r.Descendants().Where(c => c.Name is "th" or "td").Select(c => c.AllText()))).ToList();
        rows.ShouldContain("equal | +8.0% | 12.0% | 0.70 | 10.0% | 0.00 | 3.0 |  |  |  | ");
        rows.ShouldContain("risk-parity | +11.0% | 9.0% | 1.20 | 6.0% | 0.40 | 3.0 | +0.50 | 0.22 | 0.031 | 0.092");
        rows.ShouldContain("maximum-sharpe | 0.0% | 0.0% | – | 0.0% | 0.00 | 0.0 | – | – | – | ");
        var texts = section.Descendants().Where(e => e.Name == "text").ToList();
        var names = texts.Where(t => t.AllText() is "equal" or "winners" or "maximum-sharpe" or "risk-parity").ToList();
        names.Count.ShouldBe(4);
        // Names of points at one place are below one another.
        var places = names.Where(t => t.AllText() is "equal" or "winners").Select(t => double.Parse(t.Attributes["y"],
            System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Math.Abs(places[0] - places[1]).ShouldBeGreaterThanOrEqualTo(14);
        texts.ShouldContain(t => t.AllText() == "20.0% · 33.0%");
        section.AllText().ShouldContain("2013-03-25 to 2014-03-24, in sample");
    }

    [Fact]
    public void The_table_of_weight_rules_has_a_row_for_each_rule_and_empty_cells_for_what_is_unknown()
    {
        using var text = new StringWriter();
        using (var csv = new CsvTable(text, AllocationTable.Definition.Columns))
            AllocationTable.Definition.Of(SyntheticResults.Allocations.Rules).Rows(csv);
        text.ToString().Split('\n').ShouldBe([
            "rule,return,volatility,sharpe,max_drawdown,turnover,invested,holds,difference,standard_error,p_value,adjusted_p_value",
            "equal,0.08,0.12,0.7,0.1,0,1,3,,,,", "winners,-0.02,0.2,-0.05,0.3,3.25,0.8,1.5,-0.75,0.41,0.0725,0.145",
            "maximum-sharpe,0,0,,0,0,0,0,,,,", "risk-parity,0.11,0.09,1.2,0.06,0.4,1,3,0.5,0.22,0.0305,0.0915", ""]);
    }

    [Fact]
    public void Every_section_of_the_issue_is_there()
    {
        var page = HtmlText.Parse(_page);
        var sections = page.Elements.Where(e => e.Name == "section").Select(e => e.Attributes["id"]).ToHashSet();
        foreach (var id in (string[])["validation", "walk-forward", "regimes", "weights", "allocations", "statistics", "trailing",
            "calendar", "drawdowns", "rolling", "distribution", "exposure", "holdings", "benchmark", "crises", "resampling", "strategies",
            "groups",
            "correlation", "prices", "exits", "times", "excursions", "streaks", "costs", "refused", "learning", "data",
            "batch", "formulas"])
            sections.ShouldContain(id);
        page.Elements.Where(e => e.Name == "a" && e.Attributes["href"] != "#main"
            && e.Attributes.GetValueOrDefault("class")?.StartsWith("badge", StringComparison.Ordinal) != true)
            .Select(e => e.Attributes["href"][1..]).ShouldBe(page.Elements.Where(e => e.Name == "section").Select(e => e.Attributes["id"]));
    }

    [Fact]
    public void Parameter_maps_are_of_backtests_alone_since_a_walk_forward_has_only_its_last_parameters()
    {
        _page.ShouldNotContain("id=\"parameters\"");
        Written(_thousand.Model with { Sections = [.. _thousand.Model.Sections.Where(s => s is not WalkForwardResults)] }, _thousand)
            .ShouldContain("id=\"parameters\"");
    }

    [Fact]
    public void The_table_of_strategies_has_every_strategy_by_weight_then_return()
    {
        var rows = HtmlText.Parse(_page).Elements.Where(e => e.Name == "tr" && e.Attributes.ContainsKey("data-id")).ToArray();
        rows.Length.ShouldBe(1000);
        rows.Select(r => r.Attributes["data-id"]).ShouldBe(_thousand.Model.Strategies
            .OrderByDescending(s => s.Weight).ThenByDescending(s => s.Stats?.TotalReturn ?? double.NegativeInfinity).ThenBy(s => s.Index)
            .Select(s => s.Id));
        rows[^1].AllText().ShouldContain("never became warm");
    }

    [Fact]
    public void The_tables_add_up_to_the_trades_of_the_portfolio()
    {
        var closed = _thousand.PortfolioTrades().Where(t => t.Trade.Reason != ExitReason.Open).ToArray();
        var page = HtmlText.Parse(_page);
        foreach (var caption in (string[])["Closed trades by what ended them", "Closed trades by side", "Closed trades by bars held",
            "Closed trades by the weekday of their entry, UTC"])
        {
            var rows = Rows(page, caption);
            rows.Sum(r => int.Parse(r[1].Replace(",", ""))).ShouldBe(closed.Length, caption);
            rows.Sum(r => double.Parse(r[^1].Replace(",", "").Replace('−', '-')))
                .ShouldBe(closed.Sum(t => t.Trade.NetProfit), 0.51 * rows.Count, caption);
        }
        var stops = closed.Where(t => t.Trade.Reason == ExitReason.Stop).ToArray();
        var row = Rows(page, "Closed trades by what ended them").Single(r => r[0] == "Stop");
        row[1].ShouldBe(NumberText.Count(stops.Length));
        row[5].ShouldBe(NumberText.SignedPercent(stops.Average(t => t.Trade.Return())));
    }

    [Fact]
    public void The_months_of_the_table_are_those_of_the_curve()
    {
        var curve = Curve(500);
        var output = new StringWriter();
        HtmlReport.Write(output, curve, new TearSheet("curve"));
        var rows = Rows(HtmlText.Parse(output.ToString()), "Return by month and year, percent");
        PeriodReturn.Monthly(curve).Count.ShouldBeGreaterThan(12);
        foreach (var month in PeriodReturn.Monthly(curve))
            rows.Single(r => r[0] == $"{month.Year}")[month.Month].ShouldBe(NumberText.SignedRatio(month.Return * 100, 1));
    }

    [Fact]
    public void A_tear_sheet_has_the_statistics_of_analyze()
    {
        var curve = Curve(500);
        var s = EquityStatistics.Of(curve);
        var output = new StringWriter();
        HtmlReport.Write(output, curve, new TearSheet("curve"));
        var page = HtmlText.Parse(output.ToString());
        Rows(page, "Risk").Single(r => r[0] == "Maximum drawdown")[1].ShouldBe(NumberText.Percent(s.Metrics.MaxDrawdown));
        Rows(page, "Return for risk").Single(r => r[0] == "Sharpe ratio")[1].ShouldBe(NumberText.Ratio(s.Metrics.Sharpe));
        Rows(page, "The deepest drawdowns, deepest first")[0][1].ShouldBe("−" + NumberText.Percent(s.Metrics.MaxDrawdown));
    }

    [Fact]
    public void A_run_without_portfolio_trades_shows_the_strategies_own_and_says_so()
    {
        var small = SyntheticRun.Make(strategies: 5, trades: 60, symbols: 1, days: 400);
        var page = Written(small.Model with { Portfolio = null, Equity = [], Closes = [] }, new OwnTradesOnly(small));
        page.ShouldContain("The portfolio made no trades; these are the strategies&#39; own".Replace("&#39;", "'"));
        Rows(HtmlText.Parse(page), "Closed trades by what ended them").Sum(r => int.Parse(r[1]))
            .ShouldBe(small.Model.Strategies.Where(s => s.Stats is not null)
                .Sum(s => small.Trades(s.Index).Count(t => t.Reason != ExitReason.Open)));
    }

    private sealed class OwnTradesOnly(SyntheticRun run) : IRunEvents
    {
        public IEnumerable<Trade> Trades(int strategy) => run.Trades(strategy);

        public IEnumerable<SignalRow> Signals(int strategy) => run.Signals(strategy);

        public IReadOnlyList<string> FactorNames(int strategy) => [];

        public IEnumerable<PortfolioTrade> PortfolioTrades() => [];

        public IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills() => [];

        public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) => [];

        public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most) => run.Bars(symbol, timeframe, most);
    }

    internal static List<string[]> Rows(HtmlText page, string caption)
    {
        var table = page.Elements.Single(e => e.Name == "table" && e.Children[0].AllText() == caption);
        return [.. table.Descendants().Where(e => e.Name == "tr" && e.Parent!.Name == "tbody")
            .Select(r => r.Children.Select(c => c.AllText()).ToArray())];
    }

    [Fact]
    public void A_flat_account_has_no_charts_of_nothing()
    {
        var run = SyntheticRun.Make(strategies: 2, trades: 4, symbols: 1, days: 400);
        static EquityRow[] Flat(IReadOnlyList<EquityRow> rows) =>
            [.. rows.Select(r => r with { Equity = 100_000, Cash = 100_000, Exposure = 0, Drawdown = 0 })];
        var model = run.Model with
        {
            Equity = Flat(run.Model.Equity),
            Closes = Flat(run.Model.Closes),
            WorstDrawdowns = [],
            Benchmark = null,
        };
        var output = new StringWriter();
        HtmlReport.Write(output, model, run);
        var page = output.ToString();
        page.ShouldContain("Equity did not change: nothing was held.");
        foreach (var section in (string[])["rolling", "calendar", "trailing", "drawdowns", "distribution", "exposure", "crises"])
            page.ShouldNotContain($"<section id=\"{section}\"");
    }

    [Fact]
    public void An_axis_whose_labels_have_no_year_names_it()
    {
        var (january, may, december) = (new DateTime(2022, 1, 3).Ticks, new DateTime(2022, 5, 1).Ticks, new DateTime(2023, 12, 1).Ticks);
        new TimeAxis(january, may).Title.ShouldBe("Time in 2022, UTC");
        new TimeAxis(january, december).Title.ShouldBe("Time, UTC", "a label of January is its year");
    }
}
