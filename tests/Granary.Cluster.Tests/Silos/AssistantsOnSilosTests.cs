using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Backtesting.Why;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Contracts.Why;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Simulation.RunFolders;
using Granary.Storage.Files;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>
/// Assistants and reasons on two silos of one cluster: one serves the API alone, the other one runs the jobs too.
/// </summary>
public sealed class AssistantsOnSilosTests(AssistantsOnSilosTests.Cluster cluster) : IClassFixture<AssistantsOnSilosTests.Cluster>
{
    private const int Budget = 10;
    private const string Holdout = "2023-01-15";

    [NeedsPostgres]
    public sealed class Cluster : IAsyncLifetime
    {
        private PostgresServer? _server;

        internal string Folder { get; } = Directory.CreateTempSubdirectory("granary-assisted-").FullName;

        internal string Runs => Path.Combine(Folder, "runs");

        /// <summary>The silo that has the role api alone.</summary>
        internal SiloProcess Api { get; private set; } = null!;

        /// <summary>The silo that runs the jobs.</summary>
        internal SiloProcess Worker { get; private set; } = null!;

        internal Dictionary<string, string> Keys { get; } = [];

        public async ValueTask InitializeAsync()
        {
            _server = await PostgresServer.ShareAsync();
            var database = await _server.CreateDatabaseAsync();
            var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
            DataGeneration.Run(new GenerateRequest(Path.Combine(Folder, "data"),
                DataGeneration.Markets(["COINUSDT"], from, from + 30 * TimeSpan.TicksPerDay, 5), [Timeframe.Parse("1h")]));
            var file = Path.Combine(Folder, "keys.json");
            var day = new DateTimeOffset(DateTime.Parse(Holdout, CultureInfo.InvariantCulture), TimeSpan.Zero);
            (string, Role, TrialLimits?)[] keys = [("viewer", Role.Viewer, null), ("submitter", Role.Submitter, null),
                ("spender", Role.Submitter, new(Budget, null)), ("held", Role.Submitter, new(null, day))];
            foreach (var (name, role, limits) in keys)
                Keys[name] = await ApiKeys.AddAsync(file, name, role, TimeProvider.System, rights: new(Limits: limits));
            string[] options = ["--runs", Runs, "--data", Folder, "--keys", file, "--mcp"];
            Worker = await SiloProcess.JoinAsync(database, "granary", options);
            Api = await SiloProcess.JoinAsync(database, "granary", [.. options, "--roles", "api"]);
        }

        public async ValueTask DisposeAsync()
        {
            if (Api is not null) await Api.DisposeAsync();
            if (Worker is not null) await Worker.DisposeAsync();
            if (_server is not null) await _server.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private HttpClient Api => cluster.Api.Client;

    private HttpClient Worker => cluster.Worker.Client;

    private static JsonObject Batch(string name, params int[] fast) => new()
    {
        ["batch"] = JsonNode.Parse($$"""
            { "name": "{{name}}", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2023-01-20" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [{{string.Join(',', fast)}}], "slow": 30 } } ],
              "portfolio": { "weights": "equal" } }
            """),
    };

    [Fact]
    public async Task A_reader_has_the_same_tools_on_both_silos_and_none_that_submits()
    {
        var hello = await Api.McpAsync(cluster.Keys["viewer"], "initialize", JsonNode.Parse("""
            { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } }
            """)!.AsObject());
        ((string)hello["serverInfo"]!["name"]!).ShouldBe("granary");
        var tools = await Api.McpAsync(cluster.Keys["viewer"], "tools/list");
        tools.ToJsonString().ShouldBe((await Worker.McpAsync(cluster.Keys["viewer"], "tools/list")).ToJsonString());
        var names = tools["tools"]!.AsArray().Select(t => (string)t!["name"]!);
        names.ShouldNotContain(n => n.StartsWith("run_", StringComparison.Ordinal));
        (await Api.ToolAsync(cluster.Keys["viewer"], "run_backtest", Batch("read-only", 5))).Text.ShouldContain("needs the role submitter");
    }

    [Fact]
    public async Task Two_silos_that_charge_one_key_at_once_neither_exceed_its_budget_nor_lose_or_double_a_charge()
    {
        var key = cluster.Keys["spender"];
        List<string> jobs = [(string)(await Api.DoneAsync(key, "run_backtest", Spending(0)))["job"]!];
        var accounts = new TrialAccounts(Path.Combine(cluster.Runs, TrialAccounts.FolderName));
        List<Task<(bool IsRefused, string Text, JsonObject Content)>> calls;
        // A third process charges three combinations. Both silos are asked meanwhile, and wait for its end.
        await using (var file = ExclusiveFile.Open(Path.Combine(cluster.Runs, TrialAccounts.FolderName, NameOf("spender") + ".trials")))
        {
            calls = [.. Enumerable.Range(1, 3).SelectMany(i => new[] { Api, Worker }.Select(silo =>
                silo.ToolAsync(key, "run_backtest", Spending(i))))];
            for (var i = 0; i < 4; i++) await (i % 2 == 0 ? Api : Worker).McpAsync(cluster.Keys["viewer"], "tools/list");
            calls.ShouldAllBe(c => !c.IsCompleted);
            file.Seek(0, SeekOrigin.End);
            file.Write(Enumerable.Range(1, 48).Select(n => (byte)n).ToArray());
        }
        var answers = await Task.WhenAll(calls);
        jobs.AddRange(answers.Where(a => !a.IsRefused).Select(a => (string)a.Content["job"]!));
        jobs.Count.ShouldBe(3, "of three batches one fits, and costs nothing on the other silo");
        answers.Where(a => a.IsRefused).ShouldAllBe(a => a.Text.Contains("budget of 10 trials 9 are used"));
        foreach (var silo in new[] { Api, Worker })
            ((int)(await silo.DoneAsync(key, "list_runs", []))["standing"]!["used"]!).ShouldBe(9);
        accounts.Used("spender").ShouldBe(9);
        accounts.Jobs("spender").Keys.ShouldBe(jobs, ignoreOrder: true);
        foreach (var job in jobs) await Api.EndedAsync(key, job);
    }

    // Three combinations that no other batch has.
    private static JsonObject Spending(int batch) => Batch($"spent-{batch}", 3 * batch + 2, 3 * batch + 3, 3 * batch + 4);

    private static string NameOf(string caller) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)).AsSpan(0, 16));

    [Fact]
    public async Task A_run_that_an_assistant_started_is_explained_alike_everywhere_and_a_holdout_holds_on_each_silo()
    {
        var job = (string)(await Api.DoneAsync(cluster.Keys["submitter"], "run_backtest", Batch("asked", 4, 6)))["job"]!;
        await Worker.EndedAsync(cluster.Keys["submitter"], job);
        var query = new WhyQuery("SmaCross(fast=4,slow=30)@COINUSDT:1h", null, null, null, 2);
        var path = $"/api/v1/runs/{job}/why?strategy={Uri.EscapeDataString(query.Strategy)}&signal=2";
        var expected = await new RunWhy(new RunLibrary(cluster.Runs), TestCatalogues.All with
        {
            Confinement = new(cluster.Folder, []),
        }, TimeProvider.System).AnswerAsync(job, query);
        foreach (var silo in new[] { Api, Worker }) (await WhyAsync(silo, path)).ShouldBe(Text(expected));

        var own = (string)(await Worker.DoneAsync(cluster.Keys["held"], "run_backtest", Batch("held", 4)))["job"]!;
        await Api.EndedAsync(cluster.Keys["held"], own);
        foreach (var silo in new[] { Api, Worker })
        {
            var arguments = new JsonObject { ["run"] = own, ["strategy"] = query.Strategy, ["span"] = $"{Holdout}.." };
            (await silo.ToolAsync(cluster.Keys["held"], "why", arguments.DeepClone().AsObject())).IsRefused.ShouldBeTrue();
            arguments["span"] = $"..{Holdout}";
            (await silo.DoneAsync(cluster.Keys["held"], "why", arguments))["why"].ShouldNotBeNull();
            (await silo.ToolAsync(cluster.Keys["held"], "get_results", new() { ["run"] = job })).Text.ShouldContain("there is no run");
        }
    }

    private async Task<string> WhyAsync(HttpClient silo, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Keys["viewer"]);
        using var answer = await silo.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return WithoutCommand(text);
    }

    private static string Text(WhyAnswer answer) => WithoutCommand(JsonSerializer.Serialize(answer, JobJson.Options));

    // The command names the address that was asked, or a path from the folder of the process.
    private static string WithoutCommand(string answer)
    {
        var json = JsonNode.Parse(answer)!.AsObject();
        json.Remove("command").ShouldBeTrue();
        return json.ToJsonString();
    }
}
