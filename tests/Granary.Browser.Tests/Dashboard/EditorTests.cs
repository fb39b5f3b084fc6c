using System.Globalization;
using System.Text.Json;
using Granary.Testing;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>The page for a strategy in one file: typing, completion, errors, runs and their results.</summary>
public sealed class EditorTests(Browser browser, TradedServer traded)
{
    private const string Source = "C# source of the strategy";

    private static ILocator Code(Visit visit) => visit.Page.GetByRole(AriaRole.Textbox, new() { Name = Source });

    private static async Task WriteAsync(Visit visit, string text)
    {
        await Code(visit).ClickAsync();
        // Text that replaces lines is merged by the browser, with a style that the policy blocks; the editor itself deletes.
        await visit.Page.Keyboard.PressAsync("Control+a");
        await visit.Page.Keyboard.PressAsync("Delete");
        // As from the clipboard: brackets and lines are not changed.
        await visit.Page.Keyboard.InsertTextAsync(text);
    }

    private const string Idea = """
        // granary: { "execution": { "commissionPercent": 0.05 }, "portfolio": { "weights": "equal" } }
        public sealed class Idea : Strategy
        {
            private readonly Factor _average;

            public Idea([Range(2, 500)] int length = 50) => _average = Use("sma", length);

            public override void OnBar(StrategyContext bar)
            {
                if (bar.Close > bar[_average]) bar.Go(Side.Buy);
                else 
            }
        }
        """;

    private static Task CompiledAsync(Visit visit) => Assertions.Expect(visit.Page.GetByText("The file compiles")).ToBeVisibleAsync();

    private static async Task<string> RunAsync(Visit visit, string? before = null)
    {
        await visit.Page.Keyboard.PressAsync("Control+Enter");
        var link = visit.Page.GetByRole(AriaRole.Link, new() { Name = "All results of this run" });
        await Eventually.HoldsAsync(async () => await link.CountAsync() == 1 && await link.GetAttributeAsync("href") != before);
        await visit.SettledAsync();
        return (await link.GetAttributeAsync("href"))!;
    }

    // The page of each width and colour scheme.
    private static async Task FitsAsync(Visit visit)
    {
        foreach (var width in (int[])[390, 820, 1440])
            foreach (var dark in (bool[])[true, false])
            {
                await visit.Page.SetViewportSizeAsync(width, 900);
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
                await visit.SettledAsync();
                await visit.PictureAsync($"editor-results-{width}-{(dark ? "dark" : "light")}");
                (await visit.Page.EvaluateAsync<string[]>($"() => [...{PageFaults.TooWide}, ...{PageFaults.Broken}]")).ShouldBeEmpty();
                if (width != 820) (await Axe.ViolationsAsync(visit.Page, "all but", Axe.Contrast)).ShouldBeEmpty();
                (await visit.Page.EvaluateAsync<string[]>(PageFaults.Faint)).ShouldBeEmpty();
            }
    }

    [Fact]
    public async Task A_strategy_is_typed_completed_corrected_run_and_compared_by_keyboard()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/editor");
        await CompiledAsync(visit);
        await WriteAsync(visit, Idea);
        // The cursor goes behind "else": a member is completed from the popup.
        await visit.Page.Keyboard.PressAsync("Control+End");
        foreach (var key in (string[])["ArrowUp", "ArrowUp", "End"]) await visit.Page.Keyboard.PressAsync(key);
        await visit.Page.Keyboard.TypeAsync("bar.");
        var popup = visit.Page.GetByRole(AriaRole.Listbox);
        await Assertions.Expect(popup.GetByRole(AriaRole.Option, new() { Name = "Exit", Exact = true })).ToBeVisibleAsync();
        // As a person types: the editor takes no key for a popup that opened less than 75 ms before.
        await visit.Page.Keyboard.TypeAsync("Exit", new() { Delay = 40 });
        await Assertions.Expect(visit.Page.Locator(".cm-completionInfo")).ToContainTextAsync("Exit()");
        await visit.PictureAsync("editor-completion");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.TypeAsync("(); Sied.Buy();");
        // The error is underlined, and its message has the place.
        await Assertions.Expect(visit.Page.Locator(".cm-lintRange-error").First).ToHaveTextAsync("Sied");
        await Assertions.Expect(visit.Page.GetByText("error CS0103").First).ToContainTextAsync("Line 11, column 26");
        await visit.PictureAsync("editor-error");
        for (var i = 0; i < " Sied.Buy();".Length; i++) await visit.Page.Keyboard.PressAsync("Backspace");
        await CompiledAsync(visit);

        var first = await RunAsync(visit);
        var results = await ResultsAsync(server, first);
        await FiguresEqualAsync(visit, results);
        await FitsAsync(visit);
        await visit.Page.GetByLabel("length", new() { Exact = true }).FillAsync("20");
        await Code(visit).ClickAsync();
        var second = await RunAsync(visit, first);
        var next = await ResultsAsync(server, second);
        await FiguresEqualAsync(visit, next);
        await ChangesEqualAsync(visit, results, next);
        visit.Complaints.ShouldBeEmpty();
        visit.Foreign(server.Address).ShouldBeEmpty();

        // The page of the run has the source, and opens it as another draft.
        await visit.GoAsync(second + "?tab=files");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Open in the editor" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByLabel("Draft")).ToHaveValueAsync("Idea2.cs");
        await CompiledAsync(visit);
        await Assertions.Expect(visit.Page.GetByLabel("length", new() { Exact = true })).ToHaveValueAsync("20");

        // The draft and its results are there after the page was left.
        await visit.GoAsync("/runs");
        await visit.GoAsync("/editor?draft=Idea.cs");
        await Assertions.Expect(visit.Page.GetByText("Since the run before")).ToBeVisibleAsync();
        (await Code(visit).InnerTextAsync()).ShouldContain("else bar.Exit();");
    }

    private static async Task<JsonElement> ResultsAsync(GranaryServer server, string run)
    {
        await using var text = await server.Client.GetStreamAsync($"/api/v1{run}/files/results.json");
        return (await JsonDocument.ParseAsync(text)).RootElement;
    }

    private static JsonElement StatsOf(JsonElement results) => results.GetProperty("portfolio").GetProperty("stats");

    private static async Task<string> FigureAsync(Visit visit, string name, int among = 0) =>
        (await visit.Page.Locator("dl.figures > div").Filter(new() { Has = visit.Page.Locator($"dt:text-is('{name}')") }).Nth(among)
            .Locator("dd").First.InnerTextAsync()).Replace('−', '-').Replace("\u200b", "");

    // Each figure is that of results.json, as the page writes numbers.
    private static async Task FiguresEqualAsync(Visit visit, JsonElement results)
    {
        var stats = StatsOf(results);
        double Of(string key) => stats.GetProperty(key).GetDouble();
        (await FigureAsync(visit, "Total return")).ShouldBe(Signed(Of("totalReturn") * 100, "0.00") + "%");
        (await FigureAsync(visit, "Sharpe ratio")).ShouldBe(Text(Of("sharpe"), "0.00"));
        (await FigureAsync(visit, "Max drawdown")).ShouldBe(Text(Of("maxDrawdown") * 100, "0.00") + "%");
        (await FigureAsync(visit, "Trades")).ShouldBe(Text(Of("trades"), "#,0"));
        (await FigureAsync(visit, "Profit factor")).ShouldBe(Text(Of("profitFactor"), "0.00"));
        var trials = results.GetProperty("guards").GetProperty("trials").GetInt64();
        await visit.ShowsAsync($"{Text(trials, "#,0")} trial{(trials == 1 ? "" : "s")} spent on these bars");
        await LuckEqualsAsync(visit, results.GetProperty("guards"));
    }

    // Ratios of weeks, as those of a year.
    private static async Task LuckEqualsAsync(Visit visit, JsonElement checks)
    {
        string AYear(double ofWeeks) => Text(ofWeeks * Math.Sqrt(365.25 / 7), "0.00").Replace('-', '−');
        checks.GetProperty("period").GetString().ShouldBe("weeks");
        var best = Math.Max(checks.GetProperty("expectedMaximum").GetDouble(), checks.GetProperty("winnersOfNothing").GetDouble());
        await visit.ShowsAsync($"By weeks, this run has an annual Sharpe ratio of {AYear(checks.GetProperty("sharpe").GetDouble())}.");
        await visit.ShowsAsync($"The mark is the luck bar, {AYear(best)}:");
    }

    private static async Task ChangesEqualAsync(Visit visit, JsonElement before, JsonElement after)
    {
        double Change(string key) => StatsOf(after).GetProperty(key).GetDouble() - StatsOf(before).GetProperty(key).GetDouble();
        (await FigureAsync(visit, "Return")).ShouldBe(Signed(Change("totalReturn") * 100, "0.00") + " points");
        (await FigureAsync(visit, "Sharpe ratio", 1)).ShouldBe(Signed(Change("sharpe"), "0.00"));
        // Each trade of this run is gained, or was there before.
        int Trades(JsonElement of) => StatsOf(of).GetProperty("trades").GetInt32();
        int Shown(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        var (gained, lost) = (Shown(await FigureAsync(visit, "Trades gained")), Shown(await FigureAsync(visit, "Trades lost")));
        (Trades(before) + gained - lost).ShouldBe(Trades(after));
        gained.ShouldBeGreaterThan(0);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Signed(double value, string format)
    {
        var text = Text(value, format);
        return value > 0 && text.Any(c => c is >= '1' and <= '9') ? "+" + text : text;
    }

    [Fact]
    public async Task Drafts_are_begun_renamed_and_deleted_after_a_question()
    {
        await using var visit = await Visit.OpenAsync(browser, await traded.ServerAsync(), "/editor");
        await CompiledAsync(visit);
        var chosen = visit.Page.GetByLabel("Draft");
        await visit.Button("New").ClickAsync();
        await Assertions.Expect(chosen).ToHaveValueAsync("Idea2.cs");
        await visit.Button("Rename").ClickAsync();
        await visit.Page.GetByLabel("File name").FillAsync("Idea.cs");
        await visit.ShowsAsync("There is a draft with this name.");
        await visit.Page.GetByLabel("File name").FillAsync("Other.cs");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(chosen).ToHaveValueAsync("Other.cs");
        await visit.Button("Delete").ClickAsync();
        await visit.Button("Back").ClickAsync();
        await Assertions.Expect(chosen).ToHaveValueAsync("Other.cs");
        await visit.Button("Delete").ClickAsync();
        await visit.Button("Delete the draft").ClickAsync();
        await Assertions.Expect(chosen).ToHaveValueAsync("Idea.cs");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_of_the_page_are_text_in_the_editor_and_Escape_with_Tab_leaves_it()
    {
        await using var visit = await Visit.OpenAsync(browser, await traded.ServerAsync(), "/editor");
        await CompiledAsync(visit);
        await WriteAsync(visit, "// ");
        await visit.Page.Keyboard.TypeAsync("g r ?");
        visit.Page.Url.ShouldContain("/editor");
        (await Code(visit).InnerTextAsync()).ShouldContain("// g r ?");
        await visit.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(Code(visit)).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(Code(visit)).Not.ToBeFocusedAsync();
    }

    [Fact]
    public async Task Without_the_right_the_page_says_why_and_is_not_in_the_navigation()
    {
        var server = await traded.ServerAsync();
        await using var visit = await Visit.OpenAsync(browser, server, "/editor", server.Viewer);
        await visit.ShowsAsync("does not have the right code");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Editor", Exact = true })).ToHaveCountAsync(0);
        visit.Complaints.ShouldBeEmpty();
    }
}
