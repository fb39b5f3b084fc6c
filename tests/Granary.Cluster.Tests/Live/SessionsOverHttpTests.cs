using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Postgres.Journals;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Cluster.Tests.Live;

/// <summary>
/// Live sessions on silos that are processes of their own, from a client, with state and journals in a real PostgreSQL server.
/// </summary>
public sealed class SessionsOverHttpTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    private static async Task<SessionView> UntilAsync(GranaryClient client, Func<SessionView, bool> so)
    {
        var view = await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account),
            view => so(view) || view.Phase != SessionPhase.Running, Eventually.LongestWork);
        so(view).ShouldBeTrue($"the session ended before: {view.Phase} {view.Fault}");
        return view;
    }

    [Fact]
    public async Task The_silo_of_a_session_is_killed_and_the_other_one_trades_on_to_the_same_end()
    {
        var database = await made.Server.CreateDatabaseAsync();
        var runs = Path.Combine(made.Folder, "runs-http");
        await using var one = await SiloProcess.JoinAsync(database, "granary", ["--runs", runs, .. SiloProcess.Mortal]);
        await using var two = await SiloProcess.JoinAsync(database, "granary", ["--runs", runs, .. SiloProcess.Mortal]);
        using var client = new GranaryClient($"{one.Client.BaseAddress},{two.Client.BaseAddress}", key: null, Eventually.Longest);

        (await Should.ThrowAsync<InputException>(() => client.StartSessionAsync(made.Start()
            with
        { IgnoresChecks = false }))).Message.ShouldContain("does not pass its validation checks");
        (await Should.ThrowAsync<InputException>(() =>
            client.SessionAsync(LiveSilos.Account))).Message.ShouldContain("never had a session here");
        var begun = await client.StartSessionAsync(made.Start("seed=5,latency=2m,reject=0.1,partial=0.3,timeout=0.2", "fixed:50ms"));
        begun.Phase.ShouldBe(SessionPhase.Running);
        (await Should.ThrowAsync<InputException>(() =>
            client.StartSessionAsync(made.Start()))).Message.ShouldContain("is traded by a session in the cluster, started by");
        (await Should.ThrowAsync<InputException>(() => client.CommandAsync(LiveSilos.Account,
            new NewCommand("halt", "", null, null, null)))).Message.ShouldContain("'halt' is not a command to a session");

        var trading = await UntilAsync(client, s => s.Status is { OrdersSent: > 10 });
        var (dies, lives) = trading.Host.Contains($":{one.SiloPort}", StringComparison.Ordinal) ? (one, two) : (two, one);
        dies.Kill();
        var end = await UntilAsync(client, s => s.Phase != SessionPhase.Running);
        (end.Phase, end.Digest).ShouldBe((SessionPhase.Done, made.Embedded["seed=5,latency=2m,reject=0.1,partial=0.3,timeout=0.2"].Digest),
            end.Fault);
        end.Restarts.ShouldBeGreaterThan(0);
        AccountText.Of([.. (await PostgresJournal.PeekAsync(database, LiveSilos.Account, new JournalQuery())).Select(JournalCodec.Decode)],
            await PostgresJournal.PeekAsync(database, LiveSilos.Account + ".paper-venue", new JournalQuery()))
            .ShouldBe(made.Embedded["seed=5,latency=2m,reject=0.1,partial=0.3,timeout=0.2"].Account);
        (await client.DownloadSessionAsync(LiveSilos.Account, Path.Combine(made.Folder, "home"))).ShouldContain("orders.csv");
        File.ReadAllLines(Path.Combine(made.Folder, "home", "account_equity.csv"))
            .ShouldBe(made.EquityOf("seed=5,latency=2m,reject=0.1,partial=0.3,timeout=0.2"));
        var orders = (await lives.Client.GetFromJsonAsync<JsonArray>("/api/v1/orders"))!;
        orders.Count.ShouldBe(File.ReadLines(Path.Combine(made.Folder, "home", "orders.csv")).Count() - 1);
        orders.ShouldAllBe(o => (string?)o!["account"] == LiveSilos.Account);
    }

    [Fact]
    public async Task Weights_commands_and_strategies_are_changed_over_the_API_and_stand_in_the_journal()
    {
        var database = await made.Server.CreateDatabaseAsync();
        await using var silo = await SiloProcess.JoinAsync(database, "granary", "--runs", Path.Combine(made.Folder, "runs-api"));
        using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
        await client.StartSessionAsync(made.Start(speed: "fixed:50ms", to: "2023-06-01"));
        await UntilAsync(client, s => s.Status is { Signals: > 5 });
        var signal = (JsonObject)(await silo.Client.GetFromJsonAsync<JsonArray>("/api/v1/signals"))![0]!;
        var id = (string)signal["strategy"]!;
        using var unknown = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/portfolios/{LiveSilos.Account}/weights")
        {
            Content = JsonContent.Create(new { weights = new Dictionary<string, double> { ["SmaCross(fast=1)@NONE:1h"] = 1 } })
        };
        unknown.Headers.Add("If-None-Match", "*");
        using var refused = await silo.Client.SendAsync(unknown);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("its session has no strategy 'SmaCross(fast=1)@NONE:1h'",
            Case.Sensitive);
        using var put = new HttpRequestMessage(HttpMethod.Put,
            $"/api/v1/portfolios/{LiveSilos.Account}/weights")
        {
            Content =
                JsonContent.Create(new { weights = new Dictionary<string, double> { [id] = 0 }, why = "it lost" })
        };
        put.Headers.Add("If-None-Match", "*");
        using var set = await silo.Client.SendAsync(put);
        set.StatusCode.ShouldBe(HttpStatusCode.Created);
        await UntilAsync(client, s => s.Status is { WeightsVersion: 1 });
        using var switched = await silo.Client.PatchAsJsonAsync($"/api/v1/strategies/{Uri.EscapeDataString(id)}",
            new { enabled = false, why = "a test" });
        switched.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        ((bool)(await silo.Client.GetFromJsonAsync<JsonObject>(
            $"/api/v1/strategies/{Uri.EscapeDataString(id)}"))!["enabled"]!).ShouldBeFalse("it is in the journal when it is answered");
        var path = $"/api/v1/sessions/{LiveSilos.Account}/strategies/{Uri.EscapeDataString(id)}";
        var strategy = (await silo.Client.GetFromJsonAsync<JsonObject>(path))!;
        ((string)strategy["id"]!, (bool)strategy["enabled"]!, (double)strategy["weight"]!).ShouldBe((id, false, 0));
        ((long)strategy["bars"]!).ShouldBeGreaterThan(0);
        using var again = await silo.Client.DeleteAsync(path);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted, "it is disabled, and stays so");
        await StoppedAsync(silo.Client, id);
        (await client.CommandAsync(LiveSilos.Account, new NewCommand("pause", "lunch", null, null, null)))
            .Status!.State.ShouldBe(LiveState.Paused);
        var end = await client.CommandAsync(LiveSilos.Account, new NewCommand("stop", "evening", null, null, null));
        end.Phase.ShouldBe(SessionPhase.Done);
        (await Should.ThrowAsync<InputException>(() => client.CommandAsync(LiveSilos.Account,
            new NewCommand("pause", "", null, null, null)))).Message.ShouldContain("is over");
        var journal = (await PostgresJournal.PeekAsync(database, LiveSilos.Account, new JournalQuery())).Select(JournalCodec.Decode)
            .ToList();
        var change = journal.OfType<Engine.Brokerage.WeightsChanged>().Single();
        (change.Version, change.Why, change.Weights[id]).ShouldBe((1, "it lost", 0));
        journal.OfType<Engine.Brokerage.EnablementChanged>().Single().Strategy.ShouldBe(id);

        // Started again, it goes on with its journal, its pause, and its stopped strategy.
        await client.StartSessionAsync(made.Start(speed: "fixed:50ms", to: "2023-06-01"));
        (await UntilAsync(client, s => s.Status is { State: LiveState.Paused, WeightsVersion: 1, Stopped: 1 })).Run.ShouldNotBe(end.Run);
        await StoppedAsync(silo.Client, id);
        (await client.CommandAsync(LiveSilos.Account, new NewCommand("stop", "", null, null, null))).Phase.ShouldBe(SessionPhase.Done);
    }

    private static async Task StoppedAsync(HttpClient silo, string id)
    {
        var configuration = await silo.GetFromJsonAsync<JsonObject>($"/api/v1/sessions/{LiveSilos.Account}/configuration");
        foreach (var member in configuration!["strategies"]!.AsArray())
        {
            ((bool)member!["enabled"]!).ShouldBe((string)member["id"]! != id);
            if ((string)member["id"]! != id) member["change"].ShouldBeNull();
            else ((bool)member["change"]!["enabled"]!, (string)member["change"]!["why"]!).ShouldBe((false, "a test"));
        }
    }

    [Fact]
    public async Task A_session_on_a_silo_trades_through_the_broker_of_a_plugin()
    {
        var plugins = Directory.CreateDirectory(Path.Combine(made.Folder, "plugins")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "SampleDataPlugin.dll"), Path.Combine(plugins, "SampleDataPlugin.dll"));
        var database = await made.Server.CreateDatabaseAsync();
        await using var silo = await SiloProcess.JoinAsync(database, "granary", "--runs", Path.Combine(made.Folder, "runs-plugin"),
            "--plugins", plugins);
        using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
        var start = made.Start() with { Paper = null, Broker = "practice", BrokerOptions = "failEvery=7" };
        (await Should.ThrowAsync<InputException>(() => client.StartSessionAsync(start with { Broker = "practise" }))).Message
            .ShouldContain("there is no broker 'practise'; this Granary has binance, gateio, gateio-futures, kucoin, kucoin-futures, "
                + "paper, practice");

        await client.StartSessionAsync(start);
        var end = await UntilAsync(client, s => s.Phase != SessionPhase.Running);
        (end.Phase, end.Digest).ShouldBe((SessionPhase.Done, made.Backtest.Model.Digest), end.Fault);
        // Answers get lost, and each order is at the exchange once: the account is that of a perfect venue. The order in which fills are
        // booked is another, and with it the last digits of their sum.
        var journal = await PostgresJournal.PeekAsync(database, LiveSilos.Account, new JournalQuery());
        var book = await PostgresJournal.PeekAsync(database, LiveSilos.Account + ".practice-venue", new JournalQuery());
        Rounded(AccountText.Of([.. journal.Select(JournalCodec.Decode)], book)).ShouldBeTheAccount(Rounded(made.Embedded[""].Account));
        var files = await client.DownloadSessionAsync(LiveSilos.Account, Path.Combine(made.Folder, "home-plugin"));
        files.ShouldContain("account.json");
        (await File.ReadAllTextAsync(Path.Combine(made.Folder, "home-plugin", "account.json"))).ShouldContain("\"broker\": \"practice\"");
    }

    private static string Rounded(string account) =>
        Regex.Replace(account, "^cash (\\S+) fees (\\S+)", sums => string.Create(CultureInfo.InvariantCulture,
            $"cash {Number(sums.Groups[1]):F6} fees {Number(sums.Groups[2]):F6}"), RegexOptions.None, TimeSpan.FromSeconds(1));

    private static double Number(Group text) => double.Parse(text.ValueSpan, CultureInfo.InvariantCulture);
}
