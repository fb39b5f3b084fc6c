using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Cluster.Tests.Plugin;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Server.Access;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;
using Npgsql;
using SiloProcess = Granary.Cluster.Tests.Fixtures.SiloProcess;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The drill of docs/backup.md: a silo at work is backed up, lost with everything, and restored.</summary>
public sealed class RestoredBackupTests(SessionsInTheClusterTests.Made made)
    : IClassFixture<SessionsInTheClusterTests.Made>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-backup-");

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string Server(string name) => Path.Combine(_folder.FullName, "server", name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_server_that_lost_everything_is_restored_from_its_dump_its_folders_and_its_keys_and_its_work_continues()
    {
        foreach (var name in (string[])["runs", "data", "plugins"]) Directory.CreateDirectory(Server(name));
        var plugin = typeof(Laggard).Assembly.Location;
        File.Copy(plugin, Path.Combine(Server("plugins"), Path.GetFileName(plugin)));
        var key = await ApiKeys.AddAsync(Server("keys.json"), "operator", Role.Admin, TimeProvider.System);
        var connection = await made.Server.CreateDatabaseAsync();
        var database = new NpgsqlConnectionStringBuilder(connection).Database!;
        var slow = Batch("slow", """{ "class": "Laggard", "params": { "variant": [1, 2, 3, 4, 5, 6] } }""");
        var expected = (await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(
            new BatchReader(TestCatalogues.All).Read(slow), new BatchOptions { Out = At("embedded") })).Model.Digest;
        File.WriteAllText(At("gate"), "");

        JobStatus quick;
        string waiting;
        SessionView trading;
        await using (var silo = await LaunchAsync(connection, key))
        {
            using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key, Eventually.Longest);
            quick = await FillAsync(silo, client);
            waiting = (await client.SubmitAsync(slow)).Id;
            await Eventually.IsAsync(() => client.GetAsync(waiting), s => s is { State: JobState.Running, Progress.Bars: > 0 });
            // The last, since it does not wait for the others: it has to be in its middle when the silo is lost.
            await client.StartSessionAsync(made.Start(speed: "fixed:50ms"));
            trading = await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => s.Status is { Fills: > 2 });
            trading.Phase.ShouldBe(SessionPhase.Running);

            // In the order of the page: the database, the folders, the keys.
            await made.Server.DumpAsync(database, At("granary.dump"));
            SystemCommand.Run("cp", "-a", Server(""), At("backup")).ShouldBeTrue();
            silo.Kill();
            await silo.ExitCodeAsync();
        }
        await made.Server.DropAsync(database);
        Directory.Delete(Server(""), recursive: true);

        await made.Server.CreateDatabaseAsync(database);
        await made.Server.RestoreAsync(database, At("granary.dump"));
        SystemCommand.Run("cp", "-a", At("backup"), Server("")).ShouldBeTrue();
        File.Delete(At("gate"));
        await using var restored = await LaunchAsync(connection, key);
        using var again = new GranaryClient(restored.Client.BaseAddress!.ToString(), key, Eventually.Longest);

        await IsFoundAsync(restored, again, quick);
        var batch = await EndAsync(again, waiting);
        (batch.State, batch.Digest).ShouldBe((JobState.Done, expected), batch.Fault);
        var session = await Eventually.IsAsync(() => again.SessionAsync(LiveSilos.Account), s => s.Phase != SessionPhase.Running,
            Eventually.LongestWork);
        (session.Phase, session.Digest).ShouldBe((SessionPhase.Done, made.Backtest.Model.Digest), session.Fault);
        session.Run.ShouldBe(trading.Run);
        session.Status!.Fills.ShouldBeGreaterThan(trading.Status!.Fills);
    }

    // A run that is done, a deployment of it, and a schedule that names it.
    private async Task<JobStatus> FillAsync(SiloProcess silo, GranaryClient client)
    {
        var quick = await EndAsync(client, (await client.SubmitAsync(Batch("quick",
            """{ "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] } }"""))).Id);
        quick.State.ShouldBe(JobState.Done, quick.Fault);
        await PostAsync(silo.Client, "/api/v1/deployments", new JsonObject { ["run"] = quick.Id, ["why"] = "a test" });
        var schedule = new JsonObject
        {
            ["cron"] = "0 2 29 2 *",
            ["job"] = new JsonObject { ["kind"] = "verify", ["run"] = quick.Id },
        };
        await client.SetScheduleAsync("leap", JsonSerializer.SerializeToUtf8Bytes(schedule));
        return quick;
    }

    private async Task IsFoundAsync(SiloProcess silo, GranaryClient client, JobStatus quick)
    {
        var found = await client.GetAsync(quick.Id);
        (found.State, found.Digest).ShouldBe((JobState.Done, quick.Digest));
        found.Files.ShouldBe(quick.Files);
        await client.DownloadAsync(quick.Id, At("downloaded"));
        File.ReadAllText(At("downloaded/results.json")).ShouldContain(quick.Digest!);
        (await silo.Client.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{quick.Id}"))!["digest"]!.GetValue<string>().ShouldBe(quick.Digest);
        (await silo.Client.GetFromJsonAsync<JsonObject>("/api/v1/deployments/1"))!.ToJsonString().ShouldContain("a test");
        (await client.SchedulesAsync()).ShouldHaveSingleItem().Name.ShouldBe("leap");
    }

    private async Task<SiloProcess> LaunchAsync(string connection, string key)
    {
        var silo = SiloProcess.Launch(connection, "granary", FreePorts.Take(3),
            new Dictionary<string, string> { [Laggard.Gate] = At("gate") }, "--runs", Server("runs"), "--deployments",
            Server("data/deployments"), "--plugins", Server("plugins"), "--keys", Server("keys.json"), "--threads", "1",
            "--failure-timeout", "5");
        silo.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await silo.ReadyAsync();
        return silo;
    }

    private string Batch(string name, string strategy)
    {
        var path = At($"{name}.json");
        File.WriteAllText(path, $$"""
            { "name": "{{name}}", "data": { "source": "csv:{{Path.Combine(made.Folder, "data", "1h")}}",
              "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" }, "strategies": [ {{strategy}} ] }
            """);
        return path;
    }

    private static async Task<JobStatus> EndAsync(GranaryClient client, string id)
    {
        JobStatus? last = null;
        await foreach (var status in client.WatchAsync(id)) last = status;
        return last!;
    }

    private static async Task PostAsync(HttpClient client, string path, JsonObject body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
