using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Cluster.Grains;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Contracts.Why;
using Granary.Server.Operations;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Why;
using SiloProcess = Granary.Cluster.Tests.Fixtures.SiloProcess;

namespace Granary.Cluster.Tests.Live;

/// <summary>A live account is in a process that runs no batches, and batches are in one that holds no account.</summary>
public sealed class SiloRolesTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    private static readonly WhyQuery s_asked = new("SmaCross(fast=5,slow=20)@COINUSDT:1h", Signal: 1);

    [Fact]
    public async Task Batches_and_sessions_are_on_silos_with_their_roles()
    {
        var database = await made.Server.CreateDatabaseAsync();
        var runs = Path.Combine(made.Folder, "runs-roles");
        await using var compute = await SiloProcess.JoinAsync(database, "granary", "--runs", runs, "--roles", "api,compute");
        using var client = new GranaryClient(compute.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
        // GranaryClient repeats a request that is answered with 503 until its timeout.
        using var none = await compute.Client.PostAsync("/api/v1/sessions", new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(new SessionBody(made.Start()), SessionControl.Json)));
        none.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await none.Content.ReadAsStringAsync())
            .ShouldContain("no silo of the cluster has the role sessions; start one with --roles sessions");

        await using var sessions = await SiloProcess.JoinAsync(database, "granary", "--runs", runs, "--roles", "sessions");
        using var refused = await sessions.Client.GetAsync("/api/v1/jobs");
        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("this silo does not have the role api");
        (await sessions.Client.GetStringAsync("/metrics")).ShouldContain("granary_");
        var names = (await client.ClusterAsync()).Silos.Select(s => s.Name).ToList();
        names.Count.ShouldBe(2);
        names.ShouldContain(n => n.EndsWith($"-{compute.SiloPort}.api.compute", StringComparison.Ordinal));
        names.ShouldContain(n => n.EndsWith($"-{sessions.SiloPort}.sessions", StringComparison.Ordinal));

        var begun = await client.StartSessionAsync(made.Start(speed: "fixed:20ms"));
        begun.Host.ShouldContain($":{sessions.SiloPort}");
        await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => s.Status is { Signals: > 20 } || !s.IsRunning);
        var why = await WhyAsync(compute.Client);
        var batch = Path.Combine(made.Folder, "batch-of-roles.json");
        File.WriteAllText(batch, $$"""
            { "name": "roles", "data": { "source": "csv:{{Path.Combine(made.Folder, "data", "1h")}}", "symbols": ["COINUSDT"],
              "timeframe": "1h" }, "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 6, 7, 8], "slow": [20, 30, 40] } } ] }
            """);
        JobStatus? ran = null;
        await foreach (var status in client.WatchAsync((await client.SubmitAsync(batch)).Id)) ran = status;
        ran!.State.ShouldBe(JobState.Done, ran.Fault);
        compute.Output.ShouldContain("strategies of feed");
        sessions.Output.ShouldNotContain("strategies of feed");

        var end = await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => s.Phase != SessionPhase.Running,
            Eventually.LongestWork);
        (end.Phase, end.Digest).ShouldBe((SessionPhase.Done, made.Embedded[""].Digest), end.Fault);
        sessions.Output.ShouldContain($"Account {LiveSilos.Account} opened");
        compute.Output.ShouldNotContain($"Account {LiveSilos.Account} opened");
        await IsExplainedAndComparedAsync(database, client, compute.Client, why);
    }

    // By a silo that never ran the session.
    private async Task IsExplainedAndComparedAsync(string database, GranaryClient client, HttpClient compute, string whileItTraded)
    {
        var embedded = await new SessionWhy(new DatabaseAccounts(database), TestCatalogues.All).AnswerAsync(LiveSilos.Account, s_asked);
        embedded!.Venue.ShouldNotBeEmpty();
        whileItTraded.ShouldBe(Lasting(JsonSerializer.Serialize(embedded, JobJson.Options)));
        (await WhyAsync(compute)).ShouldBe(whileItTraded);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { kind = "parity", account = LiveSilos.Account, day = "2023-01-05" });
        JobStatus? ran = null;
        await foreach (var status in client.WatchAsync((await client.SubmitJobAsync(body, made.Folder, "parity.json")).Id)) ran = status;
        ran!.State.ShouldBe(JobState.Done, ran.Fault);
        var day = (await compute.GetFromJsonAsync<JsonElement>($"/api/v1/jobs/{ran.Id}/files/result.json")).GetProperty("days")[0];
        day.GetProperty("day").GetString().ShouldBe("2023-01-05");
        day.GetProperty("total").GetDouble().ShouldBe(0);
    }

    private static async Task<string> WhyAsync(HttpClient silo) => Lasting(await silo.GetStringAsync(
        $"/api/v1/sessions/{LiveSilos.Account}/why?strategy={Uri.EscapeDataString(s_asked.Strategy)}&signal={s_asked.Signal}"));

    // The command names the address that was asked, and the number of the last bar grows while the session trades.
    private static string Lasting(string answer)
    {
        var json = JsonNode.Parse(answer)!.AsObject();
        json.Remove("command").ShouldBeTrue();
        json["bar"]!.AsObject().Remove("last").ShouldBeTrue();
        return json.ToJsonString();
    }

    [Theory]
    [InlineData("vm-11111", SiloRolesText.All)]
    [InlineData("vm.example.com-11111", SiloRolesText.All)]
    [InlineData("vm.sessions-11111", SiloRolesText.All)]
    [InlineData("vm.sessions-11111.api.compute", SiloRoles.Api | SiloRoles.Compute)]
    [InlineData("vm-11111.sessions", SiloRoles.Sessions)]
    internal void The_roles_of_a_silo_are_in_its_name(string name, SiloRoles roles)
    {
        SiloRolesText.Of(name).ShouldBe(roles);
        var port = name.IndexOf("-11111", StringComparison.Ordinal) + 6;
        SiloRolesText.NameOf(name[..port], roles).ShouldBe(name);
    }
}
