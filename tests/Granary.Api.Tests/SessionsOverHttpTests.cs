using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Cluster.Client;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Api.Tests;

/// <summary>Live sessions of one process, as <c>granary serve</c> runs them, over real HTTP.</summary>
public sealed class SessionsOverHttpTests(SessionsOverHttpTests.Configuration made) : IClassFixture<SessionsOverHttpTests.Configuration>
{
    /// <summary>A configuration to trade, which a backtest of the sample bars wrote.</summary>
    public sealed class Configuration : IAsyncLifetime
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("granary-sessions-").FullName;

        public string Production => Path.Combine(Folder, "run", "prod.json");

        public static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

        public async ValueTask InitializeAsync()
        {
            var text = $$"""
                { "name": "two coins",
                  "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-01-11" },
                  "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } } ],
                  "portfolio": { "weights": "equal", "limits": { "maxPositions": 6, "maxGrossPercent": 90 } } }
                """;
            await File.WriteAllTextAsync(Path.Combine(Folder, "batch.json"), text);
            await RunAsync(text, Path.Combine(Folder, "run"));
        }

        internal static Task RunAsync(string text, string run) => new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(text), run),
            new BatchOptions { Out = run, Yes = true, Validation = false });

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        internal SessionStart Start(string account, string speed = "asap", string paper = "seed=3") =>
            Start(Path.Combine(Folder, "run"), account, speed, paper);

        internal static SessionStart Start(string run, string account, string speed = "asap", string paper = "seed=3") => new()
        {
            Text = File.ReadAllBytes(Path.Combine(run, "prod.json")),
            File = Path.Combine(run, "prod.json"),
            Folder = run,
            Feed = Address.Parse("csv:" + Bars),
            To = new DateTime(2022, 1, 11, 0, 0, 0, DateTimeKind.Utc).Ticks,
            Account = account,
            Paper = paper,
            Speed = speed,
            IgnoresChecks = true,
        };

        // Months of bars: it trades until it is stopped, however slow the machine is.
        internal SessionStart StartForMonths(string account) =>
            Start(account, "fixed:20ms", "seed=3") with { To = new DateTime(2022, 7, 1, 0, 0, 0, DateTimeKind.Utc).Ticks };
    }

    private static GranaryClient Client(ApiServer server) => new(server.Address.ToString(), null, Eventually.Longest);

    private static async Task<SessionView> UntilAsync(GranaryClient client, string id, Func<SessionView, bool> so)
    {
        var view = await Eventually.IsAsync(() => client.SessionAsync(id), v => so(v) || v.Phase != SessionPhase.Running);
        so(view).ShouldBeTrue($"the session ended before: {view.Phase} {view.Fault}");
        return view;
    }

    private static Task<SessionView> EndAsync(GranaryClient client, string id) =>
        UntilAsync(client, id, v => v.Phase == SessionPhase.Done);

    [Fact]
    public async Task Sessions_of_several_accounts_trade_side_by_side_to_the_digest_of_the_backtest()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        var first = await client.StartSessionAsync(made.Start("one", "fixed:5ms"));
        (first.Phase, first.Run).ShouldBe((SessionPhase.Running, first.Run));
        await client.StartSessionAsync(made.Start("two", "fixed:5ms"));
        await client.StartSessionAsync(made.Start("three"));
        (await server.Client.GetFromJsonAsync<JsonArray>("/api/v1/sessions"))!.Select(s => (string)s!["id"]!)
            .ShouldBe(["three", "two", "one"]);

        using var backtest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(made.Folder, "run", "results.json")));
        var digest = backtest.RootElement.GetProperty("digest").GetString();
        foreach (var id in (string[])["one", "two", "three"]) (await EndAsync(client, id)).Digest.ShouldBe(digest, id);

        var orders = (await server.Client.GetFromJsonAsync<JsonArray>("/api/v1/orders"))!;
        orders.Select(o => (string)o!["account"]!).Distinct().Order().ShouldBe(["one", "three", "two"]);
        var home = Path.Combine(server.Folder, "home");
        (await client.DownloadSessionAsync("one", home)).ShouldContain("account.json");
        orders.Count(o => (string)o!["account"]! == "one").ShouldBe(File.ReadLines(Path.Combine(home, "orders.csv")).Count() - 1);
    }

    [Fact]
    public async Task While_a_session_trades_its_weights_are_those_of_its_strategies_and_from_0_to_a_million()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(made.Start("weighed", "fixed:1h"));
        using var production = JsonDocument.Parse(File.ReadAllBytes(made.Production));
        var known = production.RootElement.GetProperty("strategies")[0].GetProperty("id").GetString()!;
        (await (await PutAsync("SmaCross(fast=1)@NONE:1h", 1)).ProblemAsync(400)).ShouldContain(
            "has no strategy 'SmaCross(fast=1)@NONE:1h'");
        (await (await PutAsync(known, -7e300)).ProblemAsync(400)).ShouldContain("give a number from 0 to 1,000,000");
        (await (await PutAsync(known, 1e7)).ProblemAsync(400)).ShouldContain("give a number from 0 to 1,000,000");
        ((int)(await PutAsync(known, 0.5)).StatusCode).ShouldBe(201);
        // Preview refuses what would be refused.
        await (await server.Client.PostAsJsonAsync("/api/v1/portfolios/weighed/weights/preview",
            new { weights = new Dictionary<string, double> { ["other"] = 1 } })).ProblemAsync(400);
        await client.CommandAsync("weighed", new NewCommand("stop", "", null, null, null));

        async Task<HttpResponseMessage> PutAsync(string strategy, double weight)
        {
            using var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/portfolios/weighed/weights")
            {
                Content = JsonContent.Create(new { weights = new Dictionary<string, double> { [strategy] = weight } }),
            };
            put.Headers.Add("If-None-Match", "*");
            return await server.Client.SendAsync(put);
        }
    }

    [Fact]
    public async Task A_clients_trace_goes_on_through_its_request_to_the_fills_of_its_session()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is GranaryInstruments.Name or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        using var start = new Activity("start").SetIdFormat(ActivityIdFormat.W3C).Start();
        await client.StartSessionAsync(made.Start("traced"));
        start.Stop();
        var end = await EndAsync(client, "traced");

        var orders = spans.Where(s => Equals(s.GetTagItem(GranaryInstruments.Account), "traced")).ToList();
        orders.Count.ShouldBeGreaterThan(0);
        orders.Select(o => o.TraceId).Distinct().ShouldBe([start.TraceId]);
        orders.Count(o => o.OperationName == "fill").ShouldBe(end.Status!.Fills);
    }

    [Fact]
    public async Task A_session_whose_feed_is_away_shows_its_next_try_and_an_operator_stops_it()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        // Nothing listens there.
        var start = made.Start("away") with { Feed = Address.Parse($"postgres://granary@127.0.0.1:19999/bars") };
        await client.StartSessionAsync(start);
        var waiting = await UntilAsync(client, "away", v => v.Retry is { Attempts: > 3 });
        waiting.Retry!.Reason.ShouldNotBeEmpty();
        waiting.Retry.NextAt.ShouldBeGreaterThan(waiting.StartedAt);
        waiting.Fault.ShouldNotBeNull();

        var stopped = await client.CommandAsync("away", new NewCommand("stop", "no such server", null, null, null));
        (stopped.Phase, stopped.Digest).ShouldBe((SessionPhase.Done, null));
        stopped.Fault.ShouldNotBeNull().ShouldContain("stopped the session while it could not run");
        stopped.Retry.ShouldBeNull();
    }

    [Fact]
    public async Task A_session_follows_commands_and_a_new_one_continues_its_journal()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(made.StartForMonths("main"));
        await UntilAsync(client, "main", v => v.Status is { OrdersSent: > 2 });
        (await Should.ThrowAsync<InputException>(() => client.StartSessionAsync(made.Start("main")))).Message
            .ShouldContain("the account main is traded by a session of this server");

        (await client.CommandAsync("main", new NewCommand("pause", "lunch", null, null, null))).Status!.State.ShouldBe(LiveState.Paused);
        (await client.CommandAsync("main", new NewCommand("resume", "back", null, null, null))).Status!.State.ShouldBe(LiveState.Trading);
        await client.CommandAsync("main", new NewCommand("disable", "too dear", null, "COINUSDT", null));
        (await client.CommandAsync("main", new NewCommand("flatten", "evening", null, null, null)))
            .Status!.State.ShouldBe(LiveState.Paused);
        (await UntilAsync(client, "main", v => v.Status is { OpenTrades: 0 })).Status!.Positions.ShouldBeEmpty();
        var end = await client.CommandAsync("main", new NewCommand("stop", "night", null, null, null));
        (end.Phase, end.Files.Contains("report.html")).ShouldBe((SessionPhase.Done, true));
        (await Should.ThrowAsync<InputException>(() => client.CommandAsync("main", new NewCommand("pause", "", null, null, null))))
            .Message.ShouldContain("is over");

        var again = await client.StartSessionAsync(made.StartForMonths("main"));
        again.Run.ShouldNotBe(end.Run);
        var paused = await UntilAsync(client, "main", v => v.Status is { State: LiveState.Paused });
        paused.Status!.Bars.ShouldBeGreaterThanOrEqualTo(end.Status!.Bars);
        await client.CommandAsync("main", new NewCommand("stop", "", null, null, null));
        var said = (await EndAsync(client, "main")).Status!.Notes;
        said.ShouldContain(n => n.StartsWith("went on with the journal", StringComparison.Ordinal));
        (await Should.ThrowAsync<InputException>(() =>
            client.StartSessionAsync(made.Start("main") with { Broker = "practice", Paper = null }))).Message.ShouldContain("practice");
    }

    [Fact]
    public async Task One_trade_is_closed_while_the_others_go_on_and_stays_closed_in_the_next_session()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(made.StartForMonths("main"));
        // The strategy may close a trade itself before the command comes; then the next one is tried.
        var (closed, answered) = await Eventually.IsAsync(async () =>
        {
            var trades = (await UntilAsync(client, "main", v => v.Status?.Account is { Trades.Count: > 0 })).Status!.Account!.Trades;
            var newest = trades[^1];
            newest.Profit!.Value.ShouldBe((int)newest.Side * newest.Quantity * (newest.Last!.Value - newest.EntryPrice), 1e-9);
            return (newest, await client.CommandAsync("main", new NewCommand("close", "too long", null, null, newest.Entry)));
        }, c => c.Item2.Status!.CommandFault is null);
        answered.Status!.State.ShouldBe(LiveState.Trading);
        var after = await UntilAsync(client, "main", v => v.Status!.Account!.Trades.All(t => t.Entry != closed.Entry));
        after.Status!.State.ShouldBe(LiveState.Trading);
        (await client.CommandAsync("main", new NewCommand("close", "", null, null, closed.Entry))).Status!.CommandFault!
            .ShouldContain("has no open trade " + closed.Entry);
        await client.CommandAsync("main", new NewCommand("stop", "", null, null, null));
        await EndAsync(client, "main");
        await client.StartSessionAsync(made.StartForMonths("main"));
        (await UntilAsync(client, "main", v => v.Status is not null)).Status!.Account!.Trades.Select(t => t.Entry)
            .ShouldNotContain(closed.Entry);
        using var nameless = await server.Client.PostAsJsonAsync("/api/v1/sessions/main/commands", new { command = "close" });
        (await nameless.ProblemAsync(400)).ShouldContain("send 'trade'");
    }

    private static async Task<int> CommandsInAuditAsync(ApiServer server) =>
        (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!["items"]!.AsArray()
            .Count(e => (string?)e!["what"] == "commandSession");

    [Fact]
    public async Task An_entry_by_hand_is_previewed_entered_protected_and_closed_in_part_and_the_next_session_has_it()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(made.StartForMonths("main"));
        await UntilAsync(client, "main", v => v.Status?.Account.Digits.Values.Any(d => d.Last is not null) == true);
        var enter = new NewCommand("enter", "news", null, "COINUSDT", null)
        {
            Side = Side.Buy,
            Size = new HandSize(PercentOfEquity: 1),
        };
        var preview = (await client.CommandAsync("main", enter with { Preview = true })).Status!.Preview!;
        (preview.Command, preview.Symbol, preview.Side, preview.Refusal).ShouldBe(("enter", "COINUSDT", Side.Buy, null));
        preview.Then.ShouldStartWith("No strategy manages this trade");
        // A preview changes nothing, and is no entry of the audit log.
        (await CommandsInAuditAsync(server)).ShouldBe(0);
        var entered = (await client.CommandAsync("main", enter)).Status!;
        (entered.CommandFault, entered.Preview).ShouldBe((null, null));
        (await CommandsInAuditAsync(server)).ShouldBe(1);
        var own = (await UntilAsync(client, "main", v => v.Status!.Account.Trades.Any(t => t.ByHand))).Status!.Account.Trades
            .Single(t => t.ByHand);
        (await client.CommandAsync("main", new NewCommand("protect", "", null, null, own.Entry) { Stop = own.EntryPrice * 0.1 }))
            .Status!.CommandFault.ShouldBeNull();
        (await client.CommandAsync("main", new NewCommand("close", "", null, null, own.Entry) { Quantity = own.Quantity / 2 }))
            .Status!.CommandFault.ShouldBeNull();
        var half = (await UntilAsync(client, "main", v => v.Status!.Account.Trades.Any(t => t.ByHand && t.Quantity < own.Quantity)))
            .Status!.Account.Trades.Single(t => t.ByHand);
        half.Quantity.ShouldBe(own.Quantity / 2, own.Quantity * 0.01);
        half.Stop!.Value.ShouldBe(own.EntryPrice * 0.1, own.EntryPrice * 0.01);
        await client.CommandAsync("main", new NewCommand("stop", "", null, null, null));
        await EndAsync(client, "main");
        await client.StartSessionAsync(made.StartForMonths("main"));
        var again = await UntilAsync(client, "main", v => v.Status?.Account.Trades.Any(t => t.ByHand) == true);
        again.Status!.Account.Trades.Single(t => t.ByHand).Entry.ShouldBe(own.Entry);
        foreach (var (body, sentence) in new (object, string)[]
        {
            (new { command = "enter", symbol = "COINUSDT", side = "buy" }, "enter needs a size"),
            (new { command = "protect", trade = own.Entry }, "protect needs a stop or a target"),
            (new { command = "pause", stop = 3 }, "pause takes no 'stop'"),
            (new { command = "close", trade = own.Entry, quantity = -1 }, "'quantity' is -1; it must be above 0"),
        })
        {
            using var refused = await server.Client.PostAsJsonAsync("/api/v1/sessions/main/commands", body);
            (await refused.ProblemAsync(400)).ShouldContain(sentence);
        }
    }

    [Fact]
    public async Task A_status_has_the_orders_the_limits_in_use_and_the_profit_by_day_and_week()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(made.Start("main"));
        var status = (await EndAsync(client, "main")).Status!;
        var account = status.Account!;
        account.Days.Count.ShouldBe(10);
        account.Days[0].From.ShouldBe(new DateOnly(2022, 1, 1));
        account.Days.Sum(d => d.Profit).ShouldBe(status.AccountEquity - account.StartingCash, 1e-6);
        // 1 January 2022 was a Saturday.
        account.Weeks.Select(w => w.From).ShouldBe([new DateOnly(2021, 12, 27), new DateOnly(2022, 1, 3), new DateOnly(2022, 1, 10)]);
        account.Weeks.Sum(w => w.Profit).ShouldBe(status.AccountEquity - account.StartingCash, 1e-6);
        account.Trades.Count.ShouldBe(status.OpenTrades);
        account.Limits.Select(l => l.Limit).ShouldBe(["maxPositions", "maxGrossPercent"]);
        var gross = account.Trades.Sum(t => t.Quantity * t.Last!.Value);
        account.Limits[1].Used.ShouldBe(100 * gross / status.AccountEquity, 1e-6);
        (account.FeedLag, account.LastBarAt is not null, account.Journal.Length > 0).ShouldBe((null, true, true));
    }

    [Fact]
    public async Task A_rule_of_a_plug_in_shows_its_use_and_its_refusals_like_the_limits_of_granary()
    {
        const string Limits = """
            "limits": { "maxPositions": 6, "maxShortPercent": 15, "sectors": ["coins"], "maxTurnoverPercent": 500,
              "maxCorrelatedPercent": 90, "correlation": 0,
              "groups": { "coins": { "symbols": ["COINUSDT", "GLIMUSDT"], "maxPercent": 80, "maxPositions": 5 } } }
            """;
        var (folder, text) = (Path.Combine(made.Folder, "short"), File.ReadAllText(Path.Combine(made.Folder, "batch.json")));
        await Configuration.RunAsync(text.Replace("\"limits\": { \"maxPositions\": 6, \"maxGrossPercent\": 90 }", Limits,
            StringComparison.Ordinal), folder);
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(Configuration.Start(folder, "main"));
        var status = (await EndAsync(client, "main")).Status!;
        var account = status.Account!;
        // By hand, from the positions and their last closes. A venue nets the trades of a symbol.
        var last = account.Trades.DistinctBy(t => t.Symbol).ToDictionary(t => t.Symbol, t => t.Last!.Value);
        double Value(string symbol) => Math.Abs(status.Positions.GetValueOrDefault(symbol)) * last.GetValueOrDefault(symbol);
        var (shorts, all) = (status.Positions.Where(p => p.Value < 0).Sum(p => Value(p.Key)), Value("COINUSDT") + Value("GLIMUSDT"));
        account.Limits.Select(l => (l.Limit, l.Title, l.Allowed, l.Unit, l.About)).ShouldBe(
        [
            ("maxPositions", "Open trades", 6, RuleUnit.Count, null),
            ("maxTurnoverPercent", "Traded today", 500, RuleUnit.Percent, null),
            ("groups", "One group", 80, RuleUnit.Percent, "coins"),
            ("groups", "Open trades of one group", 5, RuleUnit.Count, "coins"),
            ("maxCorrelatedPercent", "Symbols that move together", 90, RuleUnit.Percent, "COINUSDT, GLIMUSDT"),
            ("maxShortPercent", "Shorts of coins", 15, RuleUnit.Percent, null),
        ]);
        all.ShouldBeGreaterThan(0);
        account.Limits[2].Used.ShouldBe(100 * all / status.AccountEquity, 1e-6);
        account.Limits[3].Used.ShouldBe(account.Trades.Count);
        // A correlation of 0 is enough, so that both move together.
        account.Limits[4].Used.ShouldBe(100 * all / status.AccountEquity, 1e-6);
        var own = account.Limits[5];
        own.Used.ShouldBe(100 * shorts / status.AccountEquity, 1e-6);
        (own.Refusal, own.Reason).ShouldBe(("max-short", "The shorts would exceed limits.maxShortPercent."));
        var page = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/sessions/main/log?kind=refusal&limit=500"))!;
        var refusals = page["items"]!.AsArray();
        refusals.ShouldContain(e => ((string)e!["text"]!).EndsWith(": max-short", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sessions_that_ran_when_the_server_ended_run_on_with_the_next_one_to_the_same_end()
    {
        var folder = Directory.CreateTempSubdirectory("granary-api-").FullName;
        try
        {
            string? undisturbed;
            await using (var server = await ApiServer.StartAsync(folder: folder, parts: ServerParts.Sessions))
            {
                using var client = Client(server);
                await client.StartSessionAsync(made.Start("undisturbed"));
                undisturbed = (await EndAsync(client, "undisturbed")).Digest;
                await client.StartSessionAsync(made.Start("main", "fixed:20ms"));
                await client.StartSessionAsync(made.Start("other", "fixed:20ms"));
                await UntilAsync(client, "main", v => v.Status is { OrdersSent: > 2 });
                await UntilAsync(client, "other", v => v.Status is { Bars: > 20 });
            }
            await using (var server = await ApiServer.StartAsync(folder: folder, parts: ServerParts.Sessions))
            {
                using var client = Client(server);
                foreach (var id in (string[])["main", "other"])
                {
                    var end = await EndAsync(client, id);
                    (end.Digest, end.Restarts).ShouldBe((undisturbed, 1), id);
                }
                (await client.SessionAsync("undisturbed")).Restarts.ShouldBe(0);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Events_give_the_session_each_time_that_it_changes_and_end_with_it()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        await client.StartSessionAsync(made.Start("main", "fixed:10ms"));
        using var answer = await server.Client.GetAsync("/api/v1/sessions/main/events", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var events = new List<(string Kind, SessionView View)>();
        try
        {
            await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
                events.Add((item.EventType, JsonSerializer.Deserialize<SessionView>(item.Data, SessionControl.Json)!));
        }
        catch (HttpIOException e)
        {
            throw new InvalidOperationException($"the stream broke after {events.Count} events: {server.Failures}", e);
        }
        events.SkipLast(1).ShouldAllBe(e => e.Kind == "status" && e.View.Phase == SessionPhase.Running);
        events.Count.ShouldBeGreaterThan(2);
        events.Select(e => e.View.Status?.Bars ?? 0).ShouldBeInOrder(SortDirection.Ascending);
        (events[^1].Kind, events[^1].View.Phase).ShouldBe(("done", SessionPhase.Done));
        await (await server.Client.GetAsync("/api/v1/sessions/unknown/events")).ProblemAsync(404);
    }

    [Fact]
    public async Task Wrong_input_is_a_sentence_and_leaves_no_session()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        async Task RefusedAsync(SessionStart start, string because)
        {
            (await Should.ThrowAsync<InputException>(() => client.StartSessionAsync(start))).Message.ShouldContain(because);
            (await server.Client.GetAsync("/api/v1/sessions/main")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
        var start = made.Start("main");
        await RefusedAsync(start with { IgnoresChecks = false }, "does not pass its validation checks");
        await RefusedAsync(start with { Broker = "nobroker", Paper = null }, "nobroker");
        await RefusedAsync(start with { Paper = "seed=many" }, "seed");
        await RefusedAsync(start with { Speed = "soon" }, "soon");
        await RefusedAsync(start with { Feed = Address.Parse("ftp://x") }, "feed: ftp://x: this process has no such feed");
        (await Should.ThrowAsync<InputException>(() => client.CommandAsync("main", new NewCommand("pause", "", null, null, null)))).Message
            .ShouldContain("never had a session here");

        // What only the run finds out ends the session with the reason.
        await client.StartSessionAsync(start with { Feed = Address.Parse("csv:" + Path.Combine(server.Folder, "nowhere")) });
        var failed = await UntilAsync(client, "main", v => v.Phase == SessionPhase.Failed);
        failed.Fault!.ShouldContain("nowhere");
        (await client.StartSessionAsync(start)).Phase.ShouldBe(SessionPhase.Running);
        await EndAsync(client, "main");
    }

    [Fact]
    public async Task The_options_are_a_JSON_body_or_with_the_configuration_as_body_the_query()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = Client(server);
        async Task<HttpResponseMessage> PostAsync(string path, byte[] body) =>
            await server.Client.PostAsync("/api/v1/sessions" + path, new ByteArrayContent(body)
            {
                Headers = { ContentType = new("application/json") },
            });
        var text = File.ReadAllBytes(made.Production);
        var feed = "csv:" + Configuration.Bars;
        var folder = Path.GetDirectoryName(made.Production)!;
        byte[] Body(object options) => JsonSerializer.SerializeToUtf8Bytes(options);

        (await PostAsync($"?feed={feed}&account=query&to=2022-01-11&withoutEvidence=true&folder={folder}", text)).StatusCode
            .ShouldBe(HttpStatusCode.Accepted);
        var body = new
        {
            configuration = Encoding.UTF8.GetString(text),
            folder,
            feed,
            account = "body",
            to = "2022-01-11",
            withoutEvidence = true,
        };
        (await PostAsync("", Body(body))).Headers.Location!.ToString().ShouldBe("/api/v1/sessions/body");
        (await EndAsync(client, "body")).Digest.ShouldBe((await EndAsync(client, "query")).Digest);

        async Task RefusedAsync(string path, byte[] sent, string sentence) =>
            (await (await PostAsync(path, sent)).ProblemAsync(400)).ShouldContain(sentence);
        await RefusedAsync("", Body(new { body.configuration, feed, brokerOption = "seed=1" }), "did you mean 'brokerOptions'?");
        await RefusedAsync("", Body(new { feed }), "'configuration' is missing");
        await RefusedAsync("", Body(new { body.configuration }), "'feed' is missing");
        await RefusedAsync("", text, "there is no key");
        await RefusedAsync("", Body(new { body.configuration, feed, to = "soon" }), "to: 'soon' is not a date");
        await RefusedAsync("", Body(new { body.configuration, feed, account = "a b" }), "line 1, account: 'a b' cannot be");
        await RefusedAsync("", Body(new { body.configuration, feed = "ftp://x" }), "line 1, feed: ftp://x: this process has no such feed");
        await RefusedAsync($"?feed={feed}&to=soon", text, "to soon is not a date; write it as 2024-01-31");
    }
}

/// <summary>Bounds the short positions, as a rule of a plug-in with keys of its own.</summary>
[PortfolioRule("maxShortPercent", "Bounds the short positions.", Refusal = "max-short",
    RefusalSentence = "The shorts would exceed limits.maxShortPercent.")]
public sealed class ShortLimit : IPortfolioRule
{
    [Key("that takes the shorts beyond this percentage of the equity"), Range(0, 1000)]
    public required double MaxShortPercent { get; init; }

    [Key("never; words for the page of the account")]
    public IReadOnlyList<string> Sectors { get; init; } = [];

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => scope.Side == Side.Buy ? ValueBound.None
        : new(portfolio.ShortValue + (scope.CountsReserved ? portfolio.ReservedShorts : 0), MaxShortPercent * portfolio.Equity / 100);

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.OfEquity($"Shorts of {string.Join(' ', Sectors)}", portfolio.ShortValue, MaxShortPercent, portfolio)];
}
