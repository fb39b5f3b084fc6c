using System.Diagnostics;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>Deployments in PostgreSQL, in sessions that run, and on a server.</summary>
public sealed class DeploymentPlacesTests(SharedServer server) : IDisposable
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private readonly TestFolder _folder = new();
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _folder.Dispose();
    }

    private async Task<string> BacktestAsync(string name, int slow)
    {
        var batch = _folder.Write($"{name}.json", $$"""
            { "name": "spot", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
              "to": "2022-02-01" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": {{slow}} }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        await CallAsync("backtest", batch, "--out", _folder.At(name), "--quiet", "--yes", "--no-guards");
        return _folder.At($"{name}/prod.json");
    }

    private static async Task<string> CallAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync(arguments);
        call.ExitCode.ShouldBe(0, call.Error);
        return call.Output;
    }

    private string[] Live(string store, int deployment, string to, string speed = "asap") =>
    [
        "live", "--deployments", store, "--deployment", $"{deployment}", "--feed", "csv:" + Bars, "--to", to, "--pace", speed,
        "--without-evidence",
    ];

    [Fact]
    public async Task A_store_in_PostgreSQL_serves_as_a_folder_does()
    {
        await using var postgres = await PostgresServer.ShareAsync();
        var database = new Npgsql.NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()).Database!;
        var store = postgres.AddressOf(database);
        foreach (var slow in new[] { 20, 30 })
            await CallAsync("deployments", "add", await BacktestAsync($"v{slow}", slow), "--store", store);
        await CallAsync("deployments", "disable", "2", "--symbol", "GLIMUSDT", "--why", "thin", "--store", store);
        string[] state = ["--state", store];
        await CallAsync([.. Live(store, 1, "2022-01-20"), .. state, "--out", _folder.At("one"), "--quiet"]);
        (await CallAsync(["deployments", "switch", "2", "--store", store, .. state])).ShouldContain("spot: deployment 1 → 2, policy keep");
        await CallAsync([.. Live(store, 2, "2022-02-10"), .. state, "--out", _folder.At("two"), "--quiet"]);
        (await CallAsync("deployments", "report", "2", "--store", store)).ShouldContain("Deployment 2 on spot");
        var shown = JsonDocument.Parse(await CallAsync("deployments", "show", "2", "--store", store, "--json")).RootElement;
        shown.GetProperty("history").EnumerateArray().Select(e => e.GetProperty("action").GetString())
            .ShouldBe(["added", "disabled", "switched", "started"]);
        // Its tables have a schema of their own, made by the one migration runner.
        await postgres.SqlAsync(database, "SELECT 1 / count(*) FROM deployments.granary_migration");
        var away = await GranaryCall.RunAsync("deployments", "list", "--store", "postgres://postgres@127.0.0.1:1/none");
        (away.ExitCode, away.Error).ShouldBe((2, away.Error));
        away.Error.ShouldContain("the deployments store postgres://postgres@127.0.0.1:1/none does not answer");
    }

    [Fact]
    public async Task A_running_session_follows_what_its_deployment_disables()
    {
        var store = _folder.At("store");
        await CallAsync("deployments", "add", await BacktestAsync("v1", 20), "--store", store);
        var state = _folder.At("state");
        var process = GranaryProcess.Start(_folder.Path,
            [.. Live(store, 1, "2022-02-10", "fixed:100ms"), "--state", state, "--out", _folder.At("run"), "--quiet"]);
        _started.Add(process);
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(state, "control", "status.json")));
        // The first switch is refused while the session has the account.
        var held = await GranaryCall.RunAsync("deployments", "switch", "1", "--state", state, "--store", store);
        (held.ExitCode, held.Error).ShouldBe((1, held.Error));
        held.Error.ShouldContain("is traded by granary live deployment 1");
        await CallAsync("deployments", "disable", "1", "--symbol", "COINUSDT", "--why", "thin", "--store", store);
        await Eventually.IsAsync(async () => (await GranaryCall.RunAsync("session", state, "journal", "--kind", "EnablementChanged",
            "--json")).Output, said => said.Contains("\"enabled\":false") && said.Contains("thin"));
        await CallAsync("session", state, "stop");
        await process.WaitForExitAsync().WaitAsync(Eventually.LongestWork);
        process.ExitCode.ShouldBe(0, await process.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task A_server_trades_a_deployment()
    {
        var store = _folder.At("store");
        await CallAsync("deployments", "add", await BacktestAsync("v1", 20), "--store", store);
        await CallAsync("deployments", "disable", "1", "--symbol", "COINUSDT", "--store", store);
        await CallAsync([.. Live(store, 1, "2022-02-10"), "--host", await server.UrlAsync, "--out", _folder.At("run"), "--quiet"]);
        var trades = File.ReadAllText(_folder.At("run/account_trades.csv"));
        trades.ShouldContain("GLIMUSDT");
        trades.ShouldNotContain("COINUSDT");
        var history = await CallAsync("deployments", "show", "1", "--store", store, "--json");
        JsonDocument.Parse(history).RootElement.GetProperty("history").EnumerateArray()
            .Count(e => e.GetProperty("action").GetString() == "started").ShouldBe(1);
    }
}
