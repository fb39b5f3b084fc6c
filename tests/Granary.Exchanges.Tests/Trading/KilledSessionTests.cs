using System.Globalization;
using System.Text.Json;
using Granary.Exchanges.Tests.Commands;
using Granary.Exchanges.Tests.Server;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>
/// <c>granary live</c> as a real process at a local exchange in another process, killed with SIGKILL at random points and started again. At
/// the end the
/// exchange's account and the session's journal agree. GRANARY_EXCHANGE_KILLS=100 kills so often at each exchange.
/// </summary>
public sealed class KilledSessionTests : IDisposable
{
    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("GRANARY_EXCHANGE_KILLS"), CultureInfo.InvariantCulture, out var n) ? n : 1;

    // Far more bars than sessions read before they are killed.
    private const string To = "2023-06-30";

    private static readonly string[] Coins = ["COIN", "TWIN"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        GranaryProcess.RunAsync(_folder, arguments);

    // The same bars twice: each signal is an order of both symbols.
    private string Bars()
    {
        var (data, bars) = (Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h"), Path.Combine(_folder, "bars"));
        Directory.CreateDirectory(bars);
        foreach (var coin in Coins) File.Copy(Path.Combine(data, "COINUSDT.csv"), Path.Combine(bars, $"{coin}USDT.csv"));
        return bars;
    }

    private async Task<string> ProductionAsync(string bars, string sides)
    {
        var batch = Path.Combine(_folder, "batch.json");
        File.WriteAllText(batch, $$"""
            { "name": "killed", "data": { "source": "csv:{{bars}}", "symbols": ["COINUSDT", "TWINUSDT"], "timeframe": "1h",
                "to": "2022-03-01",
                "instruments": { "COINUSDT": { "lot": 0.001, "tick": 0.01 }, "TWINUSDT": { "lot": 0.001, "tick": 0.01 } } },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 13] }, "sides": "{{sides}}",
                "size": { "percentOfEquity": 20 }, "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """);
        var (exit, _, error) = await RunAsync("backtest", batch, "--out", Path.Combine(_folder, "backtest"), "--quiet");
        exit.ShouldBe(0, error);
        return Path.Combine(_folder, "backtest", "prod.json");
    }

    /// <summary>A process costs seconds: without GRANARY_EXCHANGE_KILLS one exchange stands for all.</summary>
    public static TheoryData<string> Names => Kills > 1 ? TestExchange.Chosen : ["kucoin"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Killed_at_random_points_it_ends_with_the_exchanges_account_equal_to_its_journal(string name)
    {
        var bars = Bars();
        var exchange = TestExchange.Named(name);
        var production = await ProductionAsync(bars, exchange.IsFutures ? "both" : "long");
        await using var server = await ExchangeProcess.StartAsync(exchange, Coins);
        var owned = (await server.CommandAsync($"deposit {Coins[0]} 7")).Held;
        var state = Path.Combine(_folder, "state");
        string[] Live(string speed, string to) => ["live", production, "--feed", "csv:" + bars, "--to", to, "--broker", name, "--endpoint",
            server.State.Endpoint.ToString(), "--pace", speed, "--state", state, "--out", Path.Combine(_folder, "run"),
                "--without-evidence",
                "--json",
            "--reconcile", "1s"];
        var random = new Random(5);
        await server.CommandAsync("move");
        for (var kills = 0; kills < Kills; kills++)
        {
            var wanted = (await server.CommandAsync("state")).Orders + random.Next(1, 4);
            using var process = GranaryProcess.Start(_folder, Live("fixed:10ms", To));
            await Eventually.HoldsAsync(async () => process.HasExited || (await server.CommandAsync("state")).Orders >= wanted);
            await Task.Delay(random.Next(0, 30));
            if (process.HasExited)
                Assert.Fail($"the session ended after {kills} kills with {process.ExitCode}: {Notes()}"
                    + await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync());
            process.Kill();
            await process.WaitForExitAsync();
        }
        await server.CommandAsync("rest");
        // Three days further than it came; and once more, for the fills of the orders on the last bar.
        using var status = JsonDocument.Parse(File.ReadAllText(Path.Combine(state, "control", "status.json")));
        var rest = Live("asap", status.RootElement.GetProperty("instant").GetDateTime().AddDays(3).ToString("s",
            CultureInfo.InvariantCulture) + "Z");
        var further = await RunAsync(rest);
        further.ExitCode.ShouldBe(0, further.Error);
        var end = await RunAsync(rest);
        end.ExitCode.ShouldBe(0, end.Error);
        File.ReadAllText(Path.Combine(state, "control", "status.json")).ShouldContain("\"differences\": 0");
        Check(await server.CommandAsync("state"), owned, Path.Combine(_folder, "run", "account.json"), end.Output + end.Error);
    }

    // Why it entered nothing any more, where it ran to the end of its feed.
    private string Notes()
    {
        if (Path.Combine(_folder, "run", "account.json") is var file && !File.Exists(file)) return "";
        using var account = JsonDocument.Parse(File.ReadAllText(file));
        var skipped = account.RootElement.GetProperty("skipped").EnumerateArray().CountBy(s => s.GetProperty("why").GetString()!);
        return $"{account.RootElement.GetProperty("notes")} {string.Join(", ", skipped)} ";
    }

    private static void Check(ExchangeState exchange, IReadOnlyDictionary<string, decimal> owned, string file, string said)
    {
        exchange.ReceivedTwice.ShouldBeEmpty();
        foreach (var secret in (string[])[VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase]) said.ShouldNotContain(secret);
        using var account = JsonDocument.Parse(File.ReadAllText(file));
        var positions = account.RootElement.GetProperty("positions");
        foreach (var coin in Coins)
        {
            var held = positions.TryGetProperty($"{coin}USDT", out var own) ? own.GetDouble() : 0;
            held.ShouldBe((double)(exchange.Held[coin] - owned[coin]), 1e-9, account.RootElement.ToString());
        }
        account.RootElement.GetProperty("fills").GetInt32().ShouldBe(exchange.Fills);
    }
}
