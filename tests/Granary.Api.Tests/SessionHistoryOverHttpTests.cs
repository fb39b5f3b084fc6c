using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Client;
using Granary.Cluster.Client;
using Granary.Contracts.Sessions;
using Granary.Contracts.Weights;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Bars, log, equity and configuration of sessions, beside the files that the sessions and their backtest wrote.</summary>
public sealed class SessionHistoryOverHttpTests(SessionsOverHttpTests.Configuration made)
    : IClassFixture<SessionsOverHttpTests.Configuration>
{
    private static async Task<SessionView> EndAsync(ApiClient client, string id) =>
        await Eventually.IsAsync(() => client.Sessions.GetAsync(id), v => v.Phase == SessionPhase.Done);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    // The rows of a symbol's file that a session takes.
    private static List<Dictionary<string, string>> Bars(string symbol) =>
        [.. CsvRows.Of(Path.Combine(SessionsOverHttpTests.Configuration.Bars, symbol + ".csv"))
            .Where(b => Time(b["time"]) < new DateTime(2022, 1, 11))];

    [Fact]
    public async Task Equity_and_exposure_are_those_of_the_accounts_files_and_the_interval_that_of_its_backtest()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions, folder: made.Folder);
        using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        using var client = new ApiClient(server.Address);
        (await server.Client.PostAsJsonAsync("/api/v1/deployments", new { run = "run", why = "a test" })).EnsureSuccessStatusCode();
        await starter.StartSessionAsync(made.Start("account"));
        var view = await EndAsync(client, "account");
        var folder = Path.Combine(made.Folder, view.Run);
        var status = view.Status.ShouldNotBeNull();

        var rows = CsvRows.Of(Path.Combine(folder, "account_equity.csv"));
        var equity = await client.Sessions.EquityAsync("account");
        equity.Times.Count.ShouldBeInRange(100, 240);
        var byTime = rows.ToDictionary(r => Time(r["time"]), r => Number(r["equity"]));
        for (var i = 0; i < equity.Times.Count; i++) equity.Equity[i].ShouldBe(byTime[equity.Times[i]]);
        (equity.Equity.Max(), equity.Equity.Min(), equity.Equity[^1]).ShouldBe((byTime.Values.Max(), byTime.Values.Min(),
            byTime[Time(rows[^1]["time"])]));

        // The last equity: starting cash, results of closed trades, and open ones at the last closes.
        var last = new[] { "COINUSDT", "GLIMUSDT" }.ToDictionary(s => s, s => Number(Bars(s)[^1]["close"]));
        var (worth, gross) = (100_000.0, 0.0);
        foreach (var t in CsvRows.Of(Path.Combine(folder, "account_trades.csv")))
        {
            var (open, side) = (Number(t["open"]), t["side"] == "long" ? 1 : -1);
            worth += Number(t["pnl_net"]) + side * open * (last[t["symbol"]] - Number(t["entry_price"]));
        }
        worth.ShouldBe(equity.Equity[^1], 1e-6);
        foreach (var (symbol, held) in status.Positions) gross += Math.Abs(held) * last[symbol];
        status.Account.GrossPercent.ShouldBe(100 * gross / equity.Equity[^1], 1e-9);

        var peak = 100_000.0;
        foreach (var row in rows)
        {
            peak = Math.Max(peak, Number(row["equity"]));
            Number(row["drawdown"]).ShouldBe(1 - Number(row["equity"]) / peak, 1e-12);
        }

        // Mean and deviation of the daily log returns of the backtest; a bar is of the day on which it opens.
        var days = CsvRows.Of(Path.Combine(made.Folder, "run", "equity.csv")).GroupBy(r => Time(r["time"]).Date)
            .Select(g => Number(g.Last()["equity"])).ToList();
        var returns = days.Skip(1).Select((d, i) => Math.Log(d / days[i])).ToList();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Count - 1));
        for (var i = 0; i < equity.Times.Count; i++)
        {
            var n = (equity.Times[i].Date - equity.Times[0].Date).Days + 1;
            equity.Expected[i].ShouldBe(100_000 * Math.Exp(mean * n), 1e-6);
            equity.Low[i].ShouldBe(100_000 * Math.Exp(mean * n - 1.959963984540054 * deviation * Math.Sqrt(n)), 1e-6);
            equity.High[i].ShouldBe(100_000 * Math.Exp(mean * n + 1.959963984540054 * deviation * Math.Sqrt(n)), 1e-6);
        }
    }

    [Fact]
    public async Task Bars_are_those_of_the_feed_and_the_log_has_each_fill_refusal_and_command()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        using var client = new ApiClient(server.Address);
        await starter.StartSessionAsync(made.Start("logged"));
        var view = await EndAsync(client, "logged");
        foreach (var symbol in (string[])["COINUSDT", "GLIMUSDT"])
        {
            var rows = Bars(symbol);
            var bars = await client.Sessions.BarsAsync("logged", symbol);
            bars.Times.ShouldBe(rows.Select(r => Time(r["time"])));
            bars.Close.ShouldBe(rows.Select(r => Number(r["close"])));
            var days = await client.Sessions.BarsAsync("logged", symbol, "1d");
            days.High.ShouldBe(rows.Chunk(24).Select(d => d.Max(r => Number(r["high"]))));
            days.Close.ShouldBe(rows.Chunk(24).Select(d => Number(d[^1]["close"])));
        }
        var fills = (await client.Sessions.LogAsync("logged", SessionLogKind.Fill, limit: 1000)).Items;
        fills.Count.ShouldBe(view.Status!.Fills);
        fills.Select(f => f.Sequence).ShouldBeInOrder(SortDirection.Descending);
        var home = Directory.CreateDirectory(Path.Combine(server.Folder, "home")).FullName;
        await starter.DownloadSessionAsync("logged", home);
        var trades = CsvRows.Of(Path.Combine(home, "account_trades.csv"));
        fills.Where(f => f.Role == OrderRole.Entry).Select(f => f.Price!.Value).Order()
            .ShouldBe(trades.Select(t => Number(t["entry_price"])).Order(), 1e-9);
        var signals = (await client.Sessions.LogAsync("logged", SessionLogKind.Signal, "COINUSDT", limit: 5)).Items;
        signals.ShouldAllBe(s => s.Symbol == "COINUSDT" && s.Side != null);
        (await (await server.Client.GetAsync("/api/v1/sessions/logged/bars?symbol=NONE")).ProblemAsync(400))
            .ShouldContain("COINUSDT, GLIMUSDT");
        (await (await server.Client.GetAsync("/api/v1/sessions/logged/bars?symbol=COINUSDT&timeframe=30m")).ProblemAsync(400))
            .ShouldContain("a multiple of 1h");
        (await (await server.Client.GetAsync("/api/v1/sessions/logged/log?kind=gossip")).ProblemAsync(400)).ShouldContain("refusal");
        foreach (var part in (string[])["bars?symbol=COINUSDT", "log", "equity", "configuration"])
            await (await server.Client.GetAsync($"/api/v1/sessions/never/{part}")).ProblemAsync(404);
    }

    [Fact]
    public async Task Orders_and_log_are_narrowed_sorted_jumped_in_and_saved_whole()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        using var client = new ApiClient(server.Address);
        await starter.StartSessionAsync(made.Start("listed"));
        await EndAsync(client, "listed");
        var home = Directory.CreateDirectory(Path.Combine(server.Folder, "home")).FullName;
        await starter.DownloadSessionAsync("listed", home);

        // The session's own ledger wrote orders.csv; the list follows from the journal.
        var file = Path.Combine(home, "orders.csv");
        (await CsvAsync("orders?limit=1")).ShouldBe(File.ReadAllText(file));
        var orders = CsvRows.Of(file);
        var some = await client.Sessions.OrdersAsync("listed", new ListPart(Filter: "symbol=COINUSDT,side=sell,role=exit"));
        some.Total.ShouldBe(orders.Count(o => (o["symbol"], o["side"], o["role"]) == ("COINUSDT", "sell", "exit")));
        some.Total.ShouldBeGreaterThan(1);
        var middle = orders[orders.Count / 2]["created"];
        var jumped = await client.Sessions.OrdersAsync("listed", new ListPart(At: middle), limit: 1);
        jumped.Position.ShouldBe(orders.FindIndex(o => o["created"] == middle));
        ((string?)jumped.Items[0]["created"]).ShouldBe(middle);
        var since = await client.Sessions.OrdersAsync("listed", new ListPart("-created", $"created>={middle}"), limit: 1);
        since.Total.ShouldBe(orders.Count(o => string.CompareOrdinal(o["created"], middle) >= 0));
        ((string?)since.Items[0]["created"]).ShouldBe(orders.Max(o => o["created"]));

        var all = await WholeLogAsync(client, null);
        all.Count.ShouldBe((await client.Sessions.LogAsync("listed", limit: 1)).Total);
        all.Select(e => e.Sequence).ShouldBeInOrder(SortDirection.Descending);
        var wanted = all.Where(e => e is { Kind: SessionLogKind.Fill, Side: Side.Sell, Quantity: > 0 } && e.Text.Contains("fee")).ToList();
        (await WholeLogAsync(client, "kind=fill,side=sell,quantity>0,text~FEE")).ShouldBe(wanted);
        wanted.Count.ShouldBeGreaterThan(1);
        var oldest = (await client.Sessions.LogAsync("listed", SessionLogKind.Fill, "GLIMUSDT", new ListPart("sequence"), limit: 1))
            .Items[0];
        oldest.ShouldBe(all.Last(e => e is { Kind: SessionLogKind.Fill, Symbol: "GLIMUSDT" }));
        var newest = all.First(e => e.Time is not null);
        // The newest first: a jump begins with the newest entry of that time or before.
        var before = newest.Time!.Value.AddDays(-2);
        var page = await client.Sessions.LogAsync("listed", part: new ListPart(At: before.ToString("O", CultureInfo.InvariantCulture)),
            limit: 1);
        page.Items[0].ShouldBe(all.First(e => e.Time <= before));
        var csv = (await CsvAsync("log?kind=signal&filter=side=buy&columns=time,symbol,quantity")).Split('\n',
            StringSplitOptions.RemoveEmptyEntries);
        csv[0].ShouldBe("time,symbol,quantity");
        csv.Skip(1).Count().ShouldBe(all.Count(e => e is { Kind: SessionLogKind.Signal, Side: Side.Buy }));

        foreach (var (query, sentence) in new[] { ("log?filter=sidee=buy", "did you mean 'side'?"),
            ("log?at=soon", "at soon is not a date"), ("orders?sort=size", "quantity"), ("orders?cursor=x", "begin without a cursor") })
            (await (await server.Client.GetAsync($"/api/v1/sessions/listed/{query}")).ProblemAsync(400)).ShouldContain(sentence);
        await (await server.Client.GetAsync("/api/v1/sessions/never/orders")).ProblemAsync(404);

        async Task<string> CsvAsync(string query)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/sessions/listed/{query}");
            request.Headers.Accept.ParseAdd("text/csv");
            using var answer = await server.Client.SendAsync(request);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static async Task<List<SessionLogEntry>> WholeLogAsync(ApiClient client, string? filter)
    {
        List<SessionLogEntry> all = [];
        var part = new ListPart(Filter: filter);
        for (var page = await client.Sessions.LogAsync("listed", part: part, limit: 1000); ;
            page = await client.Sessions.LogAsync("listed", part: part, cursor: page.Next, limit: 1000))
        {
            all.AddRange(page.Items);
            if (page.Next is null) return all;
        }
    }

    [Fact]
    public async Task The_configuration_has_the_weights_in_force_and_which_strategies_may_enter()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        using var client = new ApiClient(server.Address);
        await starter.StartSessionAsync(made.Start("weighed", "fixed:1h"));
        using var production = JsonDocument.Parse(File.ReadAllBytes(made.Production));
        var known = production.RootElement.GetProperty("strategies").EnumerateArray()
            .ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("weight").GetDouble());
        var first = await client.Sessions.ConfigurationAsync("weighed");
        first.Strategies.ToDictionary(s => s.Id, s => s.Weight).ShouldBe(known, ignoreOrder: true);
        first.Strategies.ShouldAllBe(s => s.Enabled);
        (first.Name, first.Timeframe, first.WeightsVersion, first.Deployment).ShouldBe(("two coins", "1h", 0, (int?)null));

        var (one, two) = (first.Strategies[0].Id, first.Strategies[1].Id);
        await client.Weights.SetAsync("weighed", new NewWeights(new Dictionary<string, double> { [one] = 0.25 }, ""), 0);
        await client.Sessions.CommandAsync("weighed", new NewCommand("disable", "", two, null, null));
        var second = await Eventually.IsAsync(() => client.Sessions.ConfigurationAsync("weighed"), c => c.WeightsVersion == 1);
        second.Strategies.Select(s => (s.Id, s.Weight, s.Enabled)).ShouldBe(first.Strategies.Select(s =>
            (s.Id, s.Id == one ? 0.25 : s.Weight, s.Id != two)));
        await client.Sessions.CommandAsync("weighed", new NewCommand("stop", "", null, null, null));
    }

    [Fact]
    public async Task A_stopped_strategy_says_when_who_and_why_and_stays_stopped_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("granary-stopped-").FullName;
        string one, two;
        await using (var server = await ApiServer.StartAsync(parts: ServerParts.Sessions, folder: folder))
        {
            using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
            using var client = new ApiClient(server.Address);
            await starter.StartSessionAsync(made.Start("entries", "fixed:1h"));
            var first = await client.Sessions.ConfigurationAsync("entries");
            first.Strategies.ShouldAllBe(s => s.Change == null);
            (one, two) = (first.Strategies[0].Id, first.Strategies[1].Id);
            await client.Sessions.CommandAsync("entries", new NewCommand("disable", "loses too much", one, null, null));
            await client.Sessions.CommandAsync("entries", new NewCommand("disable", "thin", null, "GLIMUSDT", null));
            await client.Sessions.CommandAsync("entries", new NewCommand("enable", "fine", two, null, null));
            var refused = await Should.ThrowAsync<ApiException>(() =>
                client.Sessions.CommandAsync("entries", new NewCommand("disable", "", null, null, null)));
            refused.Message.ShouldContain("disable needs a strategy or a symbol");
            await Check(client, one, two);
        }
        await using (var server = await ApiServer.StartAsync(parts: ServerParts.Sessions, folder: folder))
        {
            using var client = new ApiClient(server.Address);
            await Eventually.IsAsync(() => client.Sessions.GetAsync("entries"), v => v.Status is { Stopped: > 0 });
            await Check(client, one, two);
            (await client.Sessions.StrategyAsync("entries", one)).Enabled.ShouldBeFalse();
            await client.Sessions.CommandAsync("entries", new NewCommand("stop", "", null, null, null));
        }
        Directory.Delete(folder, recursive: true);

        static async Task Check(ApiClient client, string one, string two)
        {
            var known = await client.Sessions.ConfigurationAsync("entries");
            var stopped = known.Strategies.Single(s => s.Id == one);
            stopped.Enabled.ShouldBeFalse();
            var change = stopped.Change.ShouldNotBeNull();
            (change.Enabled, change.Who, change.Why, change.Strategy).ShouldBe((false, "local", "loses too much", one));
            change.At.ShouldBeInRange(DateTimeOffset.UtcNow - TimeSpan.FromHours(1), DateTimeOffset.UtcNow);
            known.Strategies.Single(s => s.Id == two).ShouldSatisfyAllConditions(s => s.Enabled.ShouldBeTrue(),
                s => s.Change!.Why.ShouldBe("fine"));
            known.Strategies.Where(s => s.Symbols.Contains("GLIMUSDT") && s.Id != one && s.Id != two)
                .ShouldAllBe(s => !s.Enabled && s.Change!.Symbol == "GLIMUSDT" && s.Change.Why == "thin");
            var view = await Eventually.IsAsync(() => client.Sessions.GetAsync("entries"),
                v => v.Status?.Stopped == known.Strategies.Count(s => !s.Enabled));
            view.Phase.ShouldBe(SessionPhase.Running);
        }
    }

    [Fact]
    public async Task The_log_names_the_commands_of_the_operator()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        using var client = new ApiClient(server.Address);
        await starter.StartSessionAsync(made.Start("commanded", "fixed:1h"));
        await client.Sessions.CommandAsync("commanded", new NewCommand("pause", "lunch", null, null, null));
        await client.Sessions.CommandAsync("commanded", new NewCommand("resume", "back", null, null, null));
        await client.Sessions.CommandAsync("commanded", new NewCommand("stop", "", null, null, null));
        var operators = (await client.Sessions.LogAsync("commanded", SessionLogKind.Operator)).Items;
        operators.Select(o => o.Text).ShouldBe(
            ["local gave the command stop", "local gave the command resume: back", "local gave the command pause: lunch"]);
    }
}
