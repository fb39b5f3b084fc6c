using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Testing;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>The price chart in Chromium: values under the pointer, timeframes, the wheel, trades, and bars as they come.</summary>
public sealed class PriceChartTests(DashboardTab tab, TradedServer traded) : IClassFixture<DashboardTab>
{
    private static ILocator Values(Visit visit) => visit.Page.Locator(".price .values");

    private static ILocator Stage(Visit visit) => visit.Page.Locator(".price .stage");

    private static string Text(double price) => price.ToString("N2", CultureInfo.InvariantCulture);

    // As the line above the chart has the last bar, where nothing is under the pointer.
    private static Regex LastOf(JsonElement bars)
    {
        double Last(string name) => bars.GetProperty(name).EnumerateArray().Last().GetDouble();
        return new Regex(Regex.Escape($"O {Text(Last("open"))}  H {Text(Last("high"))}  L {Text(Last("low"))}  C {Text(Last("close"))}"));
    }

    // The lists of the page can be narrowed to a symbol too.
    private static ILocator ChartSymbol(Visit visit) => visit.Page.Locator("select[aria-label='Symbol']");

    // The open time of the newest bar of the symbol that the page of a session shows.
    private static async Task<DateTime> NewestAsync(GranaryServer server, Visit visit, string session)
    {
        var symbol = Uri.EscapeDataString(await ChartSymbol(visit).InputValueAsync());
        var bars = await server.GetAsync($"sessions/{session}/bars?limit=1500&symbol={symbol}");
        return bars.GetProperty("times").EnumerateArray().Last().GetDateTime();
    }

    [Fact]
    public async Task The_market_page_shows_the_bars_of_its_store_at_each_timeframe()
    {
        var server = await traded.ServerAsync();
        var visit = await tab.LoadAsync("/data/market?store=bars&symbol=COINUSDT&timeframe=1h");
        foreach (var timeframe in (string[])["1d", "4h", "1w"])
        {
            await visit.Page.GetByLabel("Timeframe").SelectOptionAsync(timeframe);
            var bars = await server.GetAsync($"data/bars?store=bars&symbol=COINUSDT&timeframe={timeframe}&limit=1500");
            await Assertions.Expect(Values(visit)).ToHaveTextAsync(LastOf(bars));
        }
        await visit.Button("Log").ClickAsync();
        await Assertions.Expect(visit.Button("Log")).ToHaveAttributeAsync("aria-pressed", "true");
        var file = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("Download as CSV").ClickAsync());
        file.SuggestedFilename.ShouldBe("COINUSDT-1h.csv");
        File.ReadLines(await file.PathAsync()).Count().ShouldBe(13_105);
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_wheel_scrolls_the_page_until_the_chart_has_the_focus_and_a_trade_of_the_table_comes_into_sight()
    {
        var server = await traded.ServerAsync();
        var visit = await tab.LoadAsync("/runs/GRID?strategy=STRATEGY");
        var (page, stage) = (visit.Page, Stage(visit));
        await stage.ScrollIntoViewIfNeededAsync();
        var box = (await stage.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 80);
        // The lines come after the bars.
        await Assertions.Expect(Values(visit)).ToContainTextAsync("sma(8)");
        var before = await ScrollAsync();
        await page.Mouse.WheelAsync(0, 200);
        await Eventually.HoldsAsync(async () => await ScrollAsync() > before);

        // With the focus: the page stays, and the pointer has another bar under it after the zoom.
        await stage.FocusAsync();
        box = (await stage.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 3, box.Y + box.Height / 2);
        before = await ScrollAsync();
        await page.Mouse.WheelAsync(0, -600);
        await page.Mouse.WheelAsync(0, -600);
        (await ScrollAsync()).ShouldBe(before);

        var run = traded.AddressOf("/runs/GRID?strategy=STRATEGY").Split('/', '?')[2];
        var trades = (await server.GetAsync($"runs/{run}/trades?strategy={Uri.EscapeDataString("SmaCross(fast=8,slow=30)@GLIMUSDT:1h")}"))
            .GetProperty("items");
        var entry = trades[5].GetProperty("entryTime").GetDateTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        await page.GetByRole(AriaRole.Region, new() { Name = "Trades" }).GetByRole(AriaRole.Button, new() { Name = entry, Exact = true })
            .ClickAsync();
        // The entry is in the middle of sixty bars to each side.
        await Eventually.HoldsAsync(async () =>
        {
            var now = (await stage.BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(now.X + 400, now.Y + 50);
            await page.Mouse.MoveAsync(now.X + 410, now.Y + 60);
            var under = (await Values(visit).InnerTextAsync())[..16];
            var time = DateTime.ParseExact(under, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            return Math.Abs((time - trades[5].GetProperty("entryTime").GetDateTime()).TotalHours) < 60;
        });
        visit.Complaints.ShouldBeEmpty();

        async Task<double> ScrollAsync() => await page.EvaluateAsync<double>("scrollY");
    }

    [Fact]
    public async Task Open_trades_have_lines_at_their_stops_and_targets_which_move_and_the_factors_of_their_strategies()
    {
        var server = await traded.ServerAsync();
        // The market stays between the stop and the target for 60 bars.
        await server.TradeAsync(1, "levels", "fixed:5s", "2023-06-30", from: "2022-02-01");
        // A bar has come.
        await Eventually.IsAsync(() => server.GetAsync("sessions/levels"), s =>
            s.GetProperty("status") is { ValueKind: JsonValueKind.Object } status
            && status.GetProperty("account").GetProperty("digits").TryGetProperty("COINUSDT", out var symbol)
            && symbol.GetProperty("last").ValueKind == JsonValueKind.Number);
        var size = new { units = 1 };
        await CommandAsync(new { command = "enter", symbol = "COINUSDT", side = "buy", size, stop = 1960, target = 2100 });
        var trade = await Eventually.IsAsync(async () => (await server.GetAsync("sessions/levels")).GetProperty("status")
            .GetProperty("account").GetProperty("trades").EnumerateArray().FirstOrDefault(t => t.GetProperty("byHand").GetBoolean()),
            t => t.ValueKind == JsonValueKind.Object);
        (trade.GetProperty("stop").GetDouble(), trade.GetProperty("target").GetDouble()).ShouldBe((1960, 2100));
        var visit = await tab.LoadAsync("/live/levels");
        await ChartSymbol(visit).SelectOptionAsync("COINUSDT");
        foreach (var attribute in (string[])["data-levels", "data-labels"])
        {
            await Assertions.Expect(Stage(visit)).ToHaveAttributeAsync(attribute, new Regex("stop 1,960.00"));
            await Assertions.Expect(Stage(visit)).ToHaveAttributeAsync(attribute, new Regex("target 2,100.00"));
        }
        // The factors of the first strategy of the symbol, then none, then one that is added.
        await Assertions.Expect(Values(visit)).ToContainTextAsync(new Regex("sma\\(5\\) [0-9,.]+.*sma\\(20\\) [0-9,.]+"));
        await visit.Page.GetByLabel("Factors of").SelectOptionAsync("");
        await Assertions.Expect(Values(visit)).Not.ToContainTextAsync("sma(5)");
        await visit.Page.GetByLabel("Factors of").SelectOptionAsync("SmaCross(fast=5,slow=30)@COINUSDT:1h");
        await Assertions.Expect(Values(visit)).ToContainTextAsync("sma(30)");

        await CommandAsync(new { command = "protect", trade = trade.GetProperty("entry").GetString(), stop = 1950 });
        await Assertions.Expect(Stage(visit)).ToHaveAttributeAsync("data-levels", new Regex("stop 1,950.00"));
        await Assertions.Expect(Stage(visit)).ToHaveAttributeAsync("data-levels", new Regex("target 2,100.00"));
        await CommandAsync(new { command = "protect", trade = trade.GetProperty("entry").GetString(), stop = 0 });
        await Assertions.Expect(Stage(visit)).Not.ToHaveAttributeAsync("data-levels", new Regex("stop "));
        visit.Complaints.ShouldBeEmpty();
        await CommandAsync(new { command = "stop" });

        async Task CommandAsync(object command)
        {
            using var answer = await server.Client.PostAsJsonAsync("/api/v1/sessions/levels/commands", command);
            answer.EnsureSuccessStatusCode();
            var status = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status");
            if (status.TryGetProperty("commandFault", out var fault)) fault.GetString().ShouldBeNull();
        }
    }

    [Fact]
    public async Task Each_trade_that_is_chosen_is_shown_among_its_120_bars_however_slow_the_network_is()
    {
        var server = await traded.ServerAsync();
        var visit = await tab.LoadAsync("/runs/GRID?strategy=STRATEGY");
        var run = traded.AddressOf("GRID");
        var trades = (await server.GetAsync($"runs/{run}/trades?limit=1000&strategy={traded.AddressOf("STRATEGY")}")).GetProperty("items")
            .EnumerateArray().Where(t => t.GetProperty("exitReason").GetString() != "open").ToList();
        var random = new Random(7);
        var network = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        await SlowAsync(150);
        for (var i = 0; i < TestEffort.Of(12, 100); i++)
        {
            var trade = trades[random.Next(trades.Count)];
            var (entry, exit) = (trade.GetProperty("entryTime").GetDateTime(), trade.GetProperty("exitTime").GetDateTime());
            var address = traded.AddressOf("/runs/GRID?strategy=STRATEGY&at=")
                + Uri.EscapeDataString(trade.GetProperty("entryTime").GetString()!);
            await visit.Page.EvaluateAsync("to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }",
                address);
            // An odd number of bars has one more at one side, and half a bar at each end is in sight.
            // Every third time the user goes on before the bars are there.
            if (i % 3 == 2) continue;
            await Eventually.HoldsAsync(async () =>
            {
                var sight = (await Stage(visit).GetAttributeAsync("data-sight"))!.Split('/');
                var bars = int.Parse(sight[2], CultureInfo.InvariantCulture);
                return Time(sight[0]) <= entry && Time(sight[1]) >= exit && bars >= 119
                    && bars <= Math.Max(124, (exit - entry).TotalHours * 1.3 + 2);
            });
            await Assertions.Expect(visit.Page.Locator(".price .note")).Not.ToContainTextAsync("No trade is in this range");
        }
        await SlowAsync(0);

        // The trade before by the key, in the address too.
        await Stage(visit).FocusAsync();
        var before = visit.Page.Url;
        await visit.Page.Keyboard.PressAsync("p");
        await Eventually.HoldsAsync(() => Task.FromResult(visit.Page.Url != before));
        visit.Complaints.ShouldBeEmpty();

        Task SlowAsync(int latency) => network.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
        {
            ["offline"] = false,
            ["latency"] = latency,
            ["downloadThroughput"] = -1,
            ["uploadThroughput"] = -1,
        });

        static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
    }

    [Fact]
    public async Task The_session_page_follows_the_bars_moves_all_pointers_together_and_shows_the_end()
    {
        var server = await traded.ServerAsync();
        await server.TradeAsync(1, "desk", "fixed:200ms", "2023-06-30");
        await Eventually.IsAsync(() => server.GetAsync("sessions/desk"), s => TradedServer.OpenTrades(s) > 0);
        var visit = await tab.LoadAsync("/live/desk");
        await visit.Page.Mouse.MoveAsync(5, 5);
        var first = await Values(visit).InnerTextAsync();
        await Assertions.Expect(Values(visit)).Not.ToHaveTextAsync(first);
        // A chart that the user has moved stays, until it is sent to the newest bar again.
        await Assertions.Expect(visit.Button("Jump to now")).ToHaveCountAsync(0);
        await Stage(visit).FocusAsync();
        for (var step = 0; step < 12; step++) await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(visit.Button("Jump to now")).ToBeVisibleAsync();
        // It follows the bars again: those that come after the click, too.
        await visit.Button("Jump to now").ClickAsync();
        var newest = await NewestAsync(server, visit, "desk");
        await visit.Page.Mouse.MoveAsync(5, 5);
        await Eventually.HoldsAsync(async () => DateTime.ParseExact((await Values(visit).InnerTextAsync())[..16],
            "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) > newest);
        // Search and the zone, figures, tabs and commands together.
        (await visit.Page.Locator(".bar").BoundingBoxAsync())!.Y.ShouldBeLessThan(96);
        var bar = (await visit.Page.Locator(".bar").BoundingBoxAsync())!;
        (bar.Y + bar.Height).ShouldBeLessThanOrEqualTo(120);

        var box = (await Stage(visit).BoundingBoxAsync())!;
        await visit.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 100);
        await visit.Page.Mouse.MoveAsync(box.X + box.Width / 2 + 3, box.Y + 110);
        var legend = visit.Page.Locator(".charts .u-legend").First;
        await Assertions.Expect(legend).ToContainTextAsync(new Regex("Account:? ?[0-9]"));

        await visit.Button("Fills").ClickAsync();
        var events = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Events" });
        await Assertions.Expect(events.GetByText(new Regex("^(Bought|Sold) ")).First).ToBeVisibleAsync();
        await Assertions.Expect(events.Locator(".badge", new() { HasText = "signal" })).ToHaveCountAsync(0);
        await visit.Button("End the session").ClickAsync();
        await visit.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "End the session" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Ended");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_chart_that_the_user_moves_while_bars_load_stays_until_it_is_sent_to_the_newest_bar()
    {
        var server = await traded.ServerAsync();
        await server.TradeAsync(1, "quick", "fixed:100ms", "2023-06-30");
        // There are bars to move to.
        await Eventually.IsAsync(() => server.GetAsync("sessions/quick"), s => TradedServer.OpenTrades(s) > 0);
        var visit = await tab.LoadAsync("/live/quick");
        await using var bars = await HeldBars.OfAsync(visit.Page, "quick");
        var jump = visit.Button("Jump to now");
        foreach (var isHeldAtTheMove in (bool[])[true, false, true])
        {
            if (isHeldAtTheMove) await bars.HoldAsync();
            await Stage(visit).FocusAsync();
            for (var step = 0; step < 3; step++) await visit.Page.Keyboard.PressAsync("ArrowLeft");
            await Assertions.Expect(jump).ToBeVisibleAsync();
            if (!isHeldAtTheMove) await bars.HoldAsync();
            await bars.ReleaseAsync();
            (await jump.CountAsync()).ShouldBe(1);

            // The answer to what was asked before the click comes after it.
            await bars.HoldAsync();
            await jump.ClickAsync();
            await Assertions.Expect(jump).ToHaveCountAsync(0);
            await bars.ReleaseAsync();
            (await jump.CountAsync()).ShouldBe(0);
        }
        await visit.Button("End the session").ClickAsync();
        await visit.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "End the session" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1 .badge")).ToHaveTextAsync("Ended");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_chart_keeps_the_symbol_with_which_it_began_when_positions_change()
    {
        var positions = "{ \"GLIMUSDT\": 1 }";
        var visit = await tab.LoadAsync("/about");
        await visit.Page.RouteAsync(new Regex("/sessions/paper$"), async route =>
        {
            var answer = await route.FetchAsync();
            var session = JsonNode.Parse(await answer.TextAsync())!;
            session["status"]!["positions"] = JsonNode.Parse(positions);
            await route.FulfillAsync(new() { Response = answer, Body = session.ToJsonString() });
        });
        await visit.GoAsync("/live/paper");
        var symbol = ChartSymbol(visit);
        await Assertions.Expect(symbol).ToHaveValueAsync("GLIMUSDT");
        positions = "{ \"COINUSDT\": 1 }";
        // Bars are loaded for a session that the page has asked for; the first answer can be that of before.
        for (var answers = 0; answers < 2; answers++)
        {
            var before = await Values(visit).InnerTextAsync();
            await Assertions.Expect(Values(visit)).Not.ToHaveTextAsync(before);
        }
        await Assertions.Expect(symbol).ToHaveValueAsync("GLIMUSDT");
        await visit.Page.UnrouteAllAsync();
    }

    /// <summary>The answers with the bars of a session's chart, which come when the test says.</summary>
    private sealed class HeldBars(IPage page) : IAsyncDisposable
    {
        private const string TwoFrames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";
        private readonly SemaphoreSlim _asked = new(0);
        private TaskCompletionSource? _held;

        public static async Task<HeldBars> OfAsync(IPage page, string session)
        {
            var held = new HeldBars(page);
            await page.RouteAsync(new Regex($"/sessions/{session}/chart\\?"), async route =>
            {
                if (held._held is { } answer)
                {
                    held._asked.Release();
                    await answer.Task;
                }
                await route.ContinueAsync();
            });
            return held;
        }

        /// <summary>From now on no answer comes; returns when the page has asked.</summary>
        public async Task HoldAsync()
        {
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (await _asked.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).ShouldBeTrue("the page asks for no bars");
        }

        /// <summary>Lets the answers come, and waits until the chart has drawn newer bars twice.</summary>
        public async Task ReleaseAsync()
        {
            var held = Interlocked.Exchange(ref _held, null)!;
            for (var answers = 0; answers < 2; answers++)
            {
                await page.RunAndWaitForResponseAsync(() => { held.TrySetResult(); return Task.CompletedTask; },
                    r => r.Url.Contains("/chart?", StringComparison.Ordinal) && r.Status == 200);
                await page.EvaluateAsync(TwoFrames);
            }
            while (await _asked.WaitAsync(0)) { }
        }

        public async ValueTask DisposeAsync()
        {
            _held?.TrySetResult();
            await page.UnrouteAllAsync();
        }
    }
}
