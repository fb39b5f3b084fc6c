using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Testing;
using Granary.Trading.Deployments;

namespace Granary.Cli.Tests;

/// <summary>Production configurations by number, from the command line: accounts traded by one are handed over to another.</summary>
public sealed class DeploymentsTests(DeploymentsTests.Versions made) : IClassFixture<DeploymentsTests.Versions>
{
    /// <summary>Backtests of the two versions, of which each test has a copy.</summary>
    public sealed class Versions : IDisposable
    {
        private readonly TestFolder _folder = new();
        private readonly Lazy<Task> _made;

        public Versions() => _made = new Lazy<Task>(async () =>
        {
            await BacktestAsync(_folder, "version1", $"{Alike}, {Changed.Replace("STOP", "2")}, {Donchian}");
            await BacktestAsync(_folder, "version2", $"{Alike}, {Changed.Replace("STOP", "4")}, {Reversion}");
        });

        public void Dispose() => _folder.Dispose();

        internal async Task CopyAsync(TestFolder to)
        {
            await _made.Value;
            foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            {
                var copy = to.At(Path.GetRelativePath(_folder.Path, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }

    private const string Alike = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "percentOfEquity": 20 }, "stopLossPercent": 2 }
        """;
    private const string Changed = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "percentOfEquity": 20 }, "stopLossPercent": STOP }
        """;
    private const string Donchian = """
        { "class": "DonchianBreakout", "params": { "period": 20, "exit": 10 }, "size": { "percentOfEquity": 10 } }
        """;
    private const string Reversion = """
        { "class": "RsiReversion", "params": { "period": 7, "low": 30, "high": 70 }, "sides": "long", "size": { "percentOfEquity": 10 } }
        """;

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private static async Task BacktestAsync(TestFolder folder, string name, string strategies)
    {
        var batch = folder.Write($"{name}.json", $$"""
            { "name": "spot", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
              "to": "2022-02-01" }, "strategies": [ {{strategies}} ], "portfolio": { "weights": "equal" } }
            """);
        var run = await GranaryCall.RunAsync("backtest", batch, "--out", folder.At(name), "--quiet", "--yes", "--no-guards");
        run.ExitCode.ShouldBe(0, run.Error);
    }

    private async Task<TestFolder> TwoDeploymentsAsync()
    {
        var folder = new TestFolder();
        await made.CopyAsync(folder);
        foreach (var i in new[] { 1, 2 })
            (await DoAsync(folder, "add", folder.At($"version{i}/prod.json"), "--why", $"version {i}"))
                .ShouldContain($"Deployment {i}: spot");
        return folder;
    }

    private static async Task<string> DoAsync(TestFolder folder, params string[] call)
    {
        var done = await GranaryCall.RunAsync(["deployments", .. call, "--store", folder.At("store")]);
        done.ExitCode.ShouldBe(0, done.Error);
        return done.Output;
    }

    [Fact]
    public async Task A_deployment_that_was_edited_on_disk_is_not_traded()
    {
        using var folder = await TwoDeploymentsAsync();
        var path = folder.At("store/versions/0001.json");
        var text = await File.ReadAllTextAsync(path);
        text.ShouldContain("\\\"cash\\\": 100000");
        await File.WriteAllTextAsync(path, text.Replace("\\\"cash\\\": 100000", "\\\"cash\\\": 900000"));
        string[][] uses =
        [
            Live(folder, 1, "edited", "2022-01-10"), ["deployments", "show", "1", "--store", folder.At("store")],
            ["deployments", "switch", "1", "--store", folder.At("store"), "--state", folder.At("accounts")],
        ];
        foreach (var use in uses)
        {
            var refused = await GranaryCall.RunAsync(use);
            refused.ExitCode.ShouldBe(2, refused.Error);
            refused.Error.ShouldContain("deployment 1 of ");
            refused.Error.ShouldContain("is damaged or was changed");
        }
        (await DoAsync(folder, "show", "2")).ShouldContain("Deployment 2");
    }

    [Fact]
    public async Task Every_file_of_a_store_that_is_changed_at_any_byte_removed_or_in_another_place_is_refused()
    {
        using var folder = await TwoDeploymentsAsync();
        DeploymentBook Book() => new(new FileDeploymentStore(folder.At("store")), TimeProvider.System);
        var files = Directory.GetFiles(folder.At("store"), "0*.json", SearchOption.AllDirectories);
        files.Length.ShouldBe(4);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file);
            for (var at = 0; at < bytes.Length; at += at < 200 ? 1 : Math.Max(1, bytes.Length / TestEffort.Of(200, 2000)))
            {
                var copy = (byte[])bytes.Clone();
                copy[at] ^= (byte)(1 << at % 8);
                await RefusedAsync(file, copy, $"{file} at {at}");
            }
            await RefusedAsync(file, bytes[..(bytes.Length / 2)], file);
            await RefusedAsync(file, [], file);
            await RefusedAsync(file, await File.ReadAllBytesAsync(files.First(f => f != file
                && Path.GetDirectoryName(f) == Path.GetDirectoryName(file))), file);
            await File.WriteAllBytesAsync(file, bytes);
        }
        Read();
        File.Delete(files.Single(f => f.EndsWith("00000001.json", StringComparison.Ordinal)));
        Should.Throw<InputException>(Read).Message.ShouldContain("event 1 of ");

        void Read()
        {
            var book = Book();
            book.All().Count.ShouldBe(2);
            book.History().Count.ShouldBe(2);
        }

        async Task RefusedAsync(string file, byte[] damaged, string where)
        {
            await File.WriteAllBytesAsync(file, damaged);
            var refused = Should.Throw<InputException>(Read, where);
            refused.Message.ShouldContain("is damaged or was changed");
            refused.Message.ShouldNotContain("\n");
        }
    }

    private static string[] Live(TestFolder folder, int deployment, string name, string to, string speed = "asap") =>
    [
        "live", "--deployments", folder.At("store"), "--deployment", deployment.ToString(CultureInfo.InvariantCulture), "--feed",
        "csv:" + Bars, "--to", to, "--broker", "paper", "--pace", speed, "--state", folder.At(name + "-state"), "--out",
        folder.At($"{name}-{deployment}"), "--without-evidence", "--json",
    ];

    private static async Task<JsonElement> TradeAsync(TestFolder folder, int deployment, string name, string to)
    {
        var end = await GranaryCall.RunAsync(Live(folder, deployment, name, to));
        end.ExitCode.ShouldBe(0, end.Error);
        return JsonDocument.Parse(end.Output).RootElement;
    }

    // Rows of account_trades.csv by strategy, symbol and number, entered before a day.
    private static Dictionary<string, string[]> Trades(string run, string before) =>
        CsvRows.Of(Path.Combine(run, "account_trades.csv")).Where(t => string.CompareOrdinal(t["entry_time"], before) < 0)
            .ToDictionary(t => string.Join(' ', t["strategy"], t["symbol"], t["number"]), t => t.Values.ToArray());

    private static void CopyState(TestFolder folder, string from, string to)
    {
        Directory.CreateDirectory(folder.At(to + "-state"));
        foreach (var file in Directory.GetFiles(folder.At(from + "-state")))
            File.Copy(file, Path.Combine(folder.At(to + "-state"), Path.GetFileName(file)));
    }

    [Fact]
    public async Task Versions_are_listed_shown_disabled_and_enabled_with_who_when_and_why()
    {
        using var folder = await TwoDeploymentsAsync();
        var again = await GranaryCall.RunAsync("deployments", "add", folder.At("version1/prod.json"), "--store", folder.At("store"));
        again.ExitCode.ShouldBe(2);
        again.Error.ShouldContain("is this configuration already; nothing was added");
        JsonDocument.Parse(await DoAsync(folder, "list", "--json")).RootElement.EnumerateArray()
            .Select(d => (d.GetProperty("number").GetInt32(), d.GetProperty("why").GetString())).ShouldBe(
                [(1, "version 1"), (2, "version 2")]);

        await DoAsync(folder, "disable", "1", "--symbol", "GLIMUSDT", "--why", "delisting");
        var unknown = await GranaryCall.RunAsync("deployments", "disable", "1", "--symbol", "GLIMUSD", "--store", folder.At("store"));
        (unknown.ExitCode, unknown.Error.TrimEnd()).ShouldBe(
            (2, "granary: deployment 1 has no strategy of GLIMUSD; did you mean GLIMUSDT?"));
        await DoAsync(folder, "enable", "1", "--strategy", "SmaCross(fast=5,slow=20)@GLIMUSDT:1h");
        var shown = JsonDocument.Parse(await DoAsync(folder, "show", "1", "--json")).RootElement;
        shown.GetProperty("strategies").EnumerateArray().Where(s => !s.GetProperty("enabled").GetBoolean())
            .Select(s => s.GetProperty("id").GetString())
            .ShouldBe(["SmaCross(fast=5,slow=30)@GLIMUSDT:1h", "DonchianBreakout(period=20,exit=10)@GLIMUSDT:1h"]);
        shown.GetProperty("history").EnumerateArray().Select(e =>
            e.GetProperty("action").GetString()).ShouldBe(["added", "disabled", "enabled"]);
        shown.GetProperty("history")[1].GetProperty("who").GetString().ShouldBe(Environment.UserName);
        shown.GetProperty("deployment").GetProperty("backtest").GetProperty("digest").GetString()!.Length.ShouldBe(64);

        // A session of it enters nothing there.
        await TradeAsync(folder, 1, "off", "2022-01-20");
        CsvRows.Of(folder.At("off-1/account_trades.csv")).Select(t => t["strategy"]).Where(id => id.Contains("GLIM"))
            .Distinct().ShouldBe(["SmaCross(fast=5,slow=20)@GLIMUSDT:1h"]);
        (await GranaryCall.RunAsync("deployments", "show", "7", "--store", folder.At("store"))).Error.ShouldContain(
            "has no deployment 7; it has 1, 2");
    }

    [Fact]
    public async Task A_switch_keeps_trades_of_strategies_alike_and_lets_the_others_end_as_they_would_have()
    {
        using var folder = await TwoDeploymentsAsync();
        await TradeAsync(folder, 1, "a", "2022-01-20");
        CopyState(folder, "a", "b");
        var plan = JsonDocument.Parse(await DoAsync(folder, "switch", "2", "--state", folder.At("a-state"), "--dry-run",
            "--json")).RootElement;
        // An entry that waits for the next open is in the plan beside the trades.
        var handling = plan.GetProperty("trades").EnumerateArray()
            .Select(t => (Id: t.GetProperty("strategy").GetString()!, How: t.GetProperty("handling").GetString())).ToList();
        handling.Count.ShouldBeGreaterThan(2);
        foreach (var (id, how) in handling) how.ShouldBe(id.StartsWith("SmaCross(fast=5,slow=20)", StringComparison.Ordinal)
            ? "kept" : "winds-down", id);
        handling.Select(h => h.How).Distinct().Count().ShouldBe(2);

        var refused = await GranaryCall.RunAsync(Live(folder, 2, "a", "2022-02-10"));
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("hand it over with 'granary deployments switch'");
        (await DoAsync(folder, "switch", "2", "--state", folder.At("a-state"), "--why", "better")).ShouldContain("Switched;");
        (await DoAsync(folder, "switch", "2", "--state", folder.At("a-state"))).ShouldContain("trades deployment 2 already");
        await TradeAsync(folder, 2, "a", "2022-02-10");
        await TradeAsync(folder, 1, "b", "2022-02-10");

        // The twin went on with version 1: what was open at the switch ended in both at the same bar and price.
        var (switched, twin) = (Trades(folder.At("a-2"), "2022-01-20"), Trades(folder.At("b-1"), "2022-01-20"));
        switched.Keys.Order().ShouldBe(twin.Keys.Order());
        foreach (var (key, row) in switched) row.ShouldBe(twin[key], key);
        // Of the strategies that only version 1 has, nothing was entered after the switch.
        CsvRows.Of(folder.At("a-2/account_trades.csv")).Where(t => string.CompareOrdinal(t["entry_time"], "2022-01-20") >= 0
            && t["strategy"].StartsWith("Donchian", StringComparison.Ordinal)).ShouldBeEmpty();
        var account = JsonDocument.Parse(File.ReadAllText(folder.At("a-2/account.json"))).RootElement;
        account.GetProperty("facts").EnumerateArray().Count(f => f.GetProperty("what").GetString() == "switched").ShouldBe(1);
        // The difference to a backtest of the new version is what the earlier trades made.
        var against = JsonDocument.Parse(File.ReadAllText(folder.At("a-2/against_backtest.json"))).RootElement;
        against.GetProperty("causes").EnumerateObject().Where(c => c.Name != "operator").ShouldAllBe(c =>
            Math.Abs(c.Value.GetDouble()) < 1e-6);
        against.GetProperty("causes").GetProperty("operator").GetDouble()
            .ShouldBe(against.GetProperty("account").GetDouble() - against.GetProperty("backtest").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task A_switch_with_the_policy_close_closes_by_market_orders_at_the_next_start()
    {
        using var folder = await TwoDeploymentsAsync();
        await TradeAsync(folder, 1, "c", "2022-01-20");
        var plan = JsonDocument.Parse(await DoAsync(folder, "switch", "2", "--state", folder.At("c-state"), "--policy", "close", "--json"));
        var open = plan.RootElement.GetProperty("trades").EnumerateArray().Count(t => t.GetProperty("entryPrice").GetDouble() > 0);
        open.ShouldBeGreaterThan(2);
        await TradeAsync(folder, 2, "c", "2022-01-21");
        var closed = Trades(folder.At("c-2"), "2022-01-20").Values.Where(f =>
            string.CompareOrdinal(f[7], "2022-01-20") >= 0 || f[7].Length == 0).ToList();
        closed.Count.ShouldBe(open);
        closed.ShouldAllBe(f => f[7] == "2022-01-20T00:00:00Z");
        (await GranaryCall.RunAsync("deployments", "switch", "2", "--state", folder.At("c-state"), "--policy", "flat", "--store",
            folder.At("store")))
            .Error.ShouldContain("policy flat: use keep, wind-down, close");
    }

    [Fact]
    public async Task A_switch_with_the_policy_wind_down_lets_open_trades_end_by_their_own_exits_and_enters_for_the_new_version_alone()
    {
        using var folder = await TwoDeploymentsAsync();
        await TradeAsync(folder, 1, "w", "2022-01-20");
        CopyState(folder, "w", "twin");
        var plan = JsonDocument.Parse(await DoAsync(folder, "switch", "2", "--state", folder.At("w-state"), "--policy", "wind-down",
            "--json")).RootElement.GetProperty("trades").EnumerateArray().ToList();
        // Also those of the strategy that both versions have.
        plan.ShouldAllBe(t => t.GetProperty("handling").GetString() == "winds-down");
        var open = plan.Where(t => t.GetProperty("entryPrice").GetDouble() > 0).Select(t =>
            t.GetProperty("strategy").GetString()!).ToList();
        open.ShouldContain(id => id.StartsWith("SmaCross(fast=5,slow=20)", StringComparison.Ordinal));
        open.ShouldContain(id => id.StartsWith("Donchian", StringComparison.Ordinal));
        await TradeAsync(folder, 2, "w", "2022-02-10");
        await TradeAsync(folder, 1, "twin", "2022-02-10");

        // The twin went on with version 1: each open trade ended in both by the same exit.
        var (switched, twin) = (Trades(folder.At("w-2"), "2022-01-20"), Trades(folder.At("twin-1"), "2022-01-20"));
        switched.Keys.Order().ShouldBe(twin.Keys.Order());
        foreach (var (key, row) in switched) row.ShouldBe(twin[key], key);
        // What was entered after the switch is of version 2.
        var later = CsvRows.Of(folder.At("w-2/account_trades.csv")).Where(t => string.CompareOrdinal(t["entry_time"], "2022-01-20") >= 0)
            .Select(t => t["strategy"][..t["strategy"].IndexOf('(', StringComparison.Ordinal)]).Distinct().Order().ToList();
        later.ShouldBe(["RsiReversion", "SmaCross"]);
    }

    [Fact]
    public async Task A_switch_killed_anywhere_ends_as_one_that_was_not()
    {
        using var folder = await TwoDeploymentsAsync();
        await TradeAsync(folder, 1, "whole", "2022-01-20");
        CopyState(folder, "whole", "killed");
        string[] Switch(string name) => ["deployments", "switch", "2", "--state", folder.At(name + "-state"), "--account", "spot",
            "--store",
            folder.At("store"), "--why", "better"];
        (await GranaryCall.RunAsync(Switch("whole"))).ExitCode.ShouldBe(0);
        var whole = await TradeAsync(folder, 2, "whole", "2022-02-01");

        var random = new Random(23);
        var kills = 0;
        var half = TestEffort.Of(1, 10);
        for (var point = 0; point < 2 * half; point++)
        {
            // Half of the points are in the switch, at growing times; the others in the first session after it.
            var inSwitch = point < half;
            if (point == half) (await GranaryCall.RunAsync(Switch("killed"))).ExitCode.ShouldBe(0);
            using var process = GranaryProcess.Start(folder.Path,
                inSwitch ? Switch("killed") : Live(folder, 2, "killed", "2022-02-01", "fixed:5ms"));
            await Task.Delay(inSwitch ? 100 + 400 * point / half : random.Next(300, 1500));
            if (!process.HasExited)
            {
                process.Kill();
                kills++;
            }
            await process.WaitForExitAsync();
        }
        kills.ShouldBeGreaterThan(half / 2);
        (await GranaryCall.RunAsync(Switch("killed"))).ExitCode.ShouldBe(0);
        var killed = await TradeAsync(folder, 2, "killed", "2022-02-01");
        killed.GetProperty("digest").GetString().ShouldBe(whole.GetProperty("digest").GetString());
        foreach (var file in (string[])["account_trades.csv", "orders.csv", "portfolio_trades.csv", "equity.csv"])
            File.ReadAllLines(folder.At($"killed-2/{file}")).Order(StringComparer.Ordinal)
                .ShouldBe(File.ReadAllLines(folder.At($"whole-2/{file}")).Order(StringComparer.Ordinal), file);
    }

    [Fact]
    public async Task A_report_compares_live_with_promised_by_day_and_flags_what_leaves_the_band()
    {
        using var folder = await TwoDeploymentsAsync();
        (await GranaryCall.RunAsync("deployments", "report", "1", "--store", folder.At("store"))).Error.ShouldContain(
            "no session of deployment 1 has started");
        await DoAsync(folder, "disable", "1", "--symbol", "GLIMUSDT", "--why", "quiet");
        var end = await TradeAsync(folder, 1, "r", "2022-02-10");
        var report = JsonDocument.Parse(await DoAsync(folder, "report", "1", "--json")).RootElement[0];
        var days = report.GetProperty("days").EnumerateArray().ToList();
        days.Count.ShouldBe(40);
        var last = days[^1];
        last.GetProperty("live").GetDouble().ShouldBe(end.GetProperty("accountEquity").GetDouble(), 1e-6);
        last.GetProperty("promised").GetDouble().ShouldBe(end.GetProperty("backtestEquity").GetDouble(), 1e-6);
        report.GetProperty("causes").EnumerateObject().Select(c => c.Name).ShouldBe(["operator"]);
        report.GetProperty("causes").GetProperty("operator").GetDouble().ShouldBe(last.GetProperty("difference").GetDouble(), 1e-6);
        days.Sum(d => d.GetProperty("causes").EnumerateObject().Sum(c => c.Value.GetDouble())).ShouldBe(
            last.GetProperty("difference").GetDouble(), 1e-6);
        days.ShouldAllBe(d =>
            d.GetProperty("outside").GetBoolean() == (d.GetProperty("return").GetDouble() < d.GetProperty("low").GetDouble()
            || d.GetProperty("return").GetDouble() > d.GetProperty("high").GetDouble()));

        // The same run against a backtest whose equity hardly moved: the band is narrow, and the days are flagged.
        var flat = File.ReadAllLines(folder.At("version1/equity.csv"));
        for (var i = 1; i < flat.Length; i++) flat[i] = $"{flat[i][..flat[i].IndexOf(',')]},{100000 + i % 2},0,0,0";
        File.WriteAllLines(folder.At("version1/equity.csv"), flat);
        (await GranaryCall.RunAsync("deployments", "add", folder.At("version1/prod.json"), "--store",
            folder.At("narrow"))).ExitCode.ShouldBe(0);
        var narrow = await GranaryCall.RunAsync("deployments", "report", "1", "--store", folder.At("narrow"), "--run", folder.At("r-1"));
        narrow.ExitCode.ShouldBe(0, narrow.Error);
        narrow.Output.ShouldMatch(@"^Deployment 1 on .*: THE RETURN WAS OUTSIDE OF ITS BAND on \d+ of 40 days, first on 2022-01-\d\d\. "
            + @"On 2022-02-09 it is ", "the verdict is the first line");
    }
}
