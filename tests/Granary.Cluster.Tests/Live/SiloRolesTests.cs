using System.Net;
using System.Text.Json;
using Granary.Cluster.Client;
using Granary.Cluster.Grains;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Server.Operations;
using Granary.Testing;
using Granary.Trading.Live;
using SiloProcess = Granary.Cluster.Tests.Fixtures.SiloProcess;

namespace Granary.Cluster.Tests.Live;

/// <summary>A live account is in a process that runs no batches, and batches are in one that holds no account.</summary>
public sealed class SiloRolesTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
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
    }

    [Theory]
    [InlineData("vm-11111", SiloRolesText.All)]
    [InlineData("vm.example.com-11111", SiloRolesText.All)]
    [InlineData("vm.sessions-11111", SiloRolesText.All)]
    [InlineData("vm.sessions-11111.api.compute", SiloRoles.Api | SiloRoles.Compute)]
    [InlineData("vm-11111.sessions", SiloRoles.Sessions)]
    public void The_roles_of_a_silo_are_in_its_name(string name, SiloRoles roles)
    {
        SiloRolesText.Of(name).ShouldBe(roles);
        var port = name.IndexOf("-11111", StringComparison.Ordinal) + 6;
        SiloRolesText.NameOf(name[..port], roles).ShouldBe(name);
    }
}
