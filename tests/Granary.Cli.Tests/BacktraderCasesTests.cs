using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Granary.Backtesting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>What backtrader did, asked of a batch file: every recorded case that the batch file has words for.</summary>
public sealed class BacktraderCasesTests
{
    // Exits at prices taken from the signal's close, limit and stop entries, orders on the close and several assets are tested through the
    // engine.
    private static readonly string[] Kinds = ["long", "ls", "oco_entry", "trail"];

    /// <summary>Cases, and whether they are those on synthetic bars.</summary>
    public static TheoryData<string, bool> All()
    {
        var rows = new TheoryData<string, bool>();
        foreach (var synthetic in SharedData.IsSynthetic)
            foreach (var name in Cases(Folders(synthetic).Cases))
                rows.Add(name, synthetic);
        return rows;
    }

    private static (string Cases, string Bars) Folders(bool synthetic) => synthetic
        ? (SharedData.Synthetic("backtests"), SharedData.Synthetic("bars"))
        : (SharedData.Require("oracles/backtests"), SharedData.Require("data/backtrader"));

    private static IEnumerable<string> Cases(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var spec = Read(path).GetProperty("spec");
            if (Kinds.Contains(spec.GetProperty("kind").GetString()) && spec.GetProperty("files").GetArrayLength() == 1)
                yield return Path.GetFileNameWithoutExtension(path);
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_case_gives_the_same_trades(string name, bool synthetic)
    {
        var (cases, bars) = Folders(synthetic);
        using var folder = new TestFolder();
        var oracle = Read(Path.Combine(cases, name + ".json"));
        var batch = new BatchReader(TestCatalogues.All).Read(folder.Write("batch.json",
            BacktraderBatch.Text(oracle.GetProperty("spec"), bars)));
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System)
            .RunAsync(batch, new BatchOptions { Out = folder.At("run"), Validation = false },
                cancellationToken: TestContext.Current.CancellationToken);
        SameTrades(oracle, folder.At("run/trades.csv"));
        SameFigures(oracle, folder.At("run/results.json"));
    }

    // The command itself is a process; one case is enough to show that it does the same.
    [Fact]
    public async Task The_command_gives_the_trades_of_a_case_too()
    {
        using var folder = new TestFolder();
        var (cases, bars) = Folders(synthetic: true);
        var oracle = Read(Path.Combine(cases, Cases(cases).First() + ".json"));
        var batch = folder.Write("batch.json", BacktraderBatch.Text(oracle.GetProperty("spec"), bars));
        var call = await GranaryProcess.RunAsync("backtest", batch, "--out", folder.At("run"), "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        SameTrades(oracle, folder.At("run/trades.csv"));
        SameFigures(oracle, folder.At("run/results.json"));
    }

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;

    private static bool OnTheSameClose(JsonElement oracle) =>
        oracle.GetProperty("spec").TryGetProperty("coc", out var coc) && coc.GetBoolean();

    private static void SameTrades(JsonElement oracle, string path)
    {
        var expected = oracle.GetProperty("trades").EnumerateArray().ToList();
        var trades = Trades(path).Where(t => t["exit_reason"] != "open").ToList();
        trades.Count.ShouldBe(expected.Count);
        foreach (var (e, t) in expected.Zip(trades))
        {
            t["side"].ShouldBe(e.GetProperty("side").GetString());
            // With cheat-on-close backtrader dates a trade by the bar after its fill; we date it by the bar in which it was filled.
            if (!OnTheSameClose(oracle))
            {
                Time(t["entry_time"]).ShouldBe(Time(e.GetProperty("entry").GetString()!));
                Time(t["exit_time"]).ShouldBe(Time(e.GetProperty("exit").GetString()!));
                Number(t["bars"]).ShouldBe(e.GetProperty("barlen").GetDouble());
            }
            Close(Number(t["entry_price"]), e.GetProperty("entry_price").GetDouble(), 1e-9);
            Close(Number(t["exit_price"]), e.GetProperty("exit_price").GetDouble(), 1e-9);
            Close(Number(t["quantity"]), Math.Abs(e.GetProperty("size").GetDouble()), 1e-9);
            Close(Number(t["commission"]), e.GetProperty("commission").GetDouble(), 1e-9);
            // A profit is a difference of large numbers: 1e-9 of what was traded.
            var traded = Number(t["entry_price"]) * Number(t["quantity"]);
            Math.Abs(Number(t["pnl_net"]) - e.GetProperty("pnlcomm").GetDouble()).ShouldBeLessThan(1e-9 * traded + 1e-9);
        }
    }

    private static void SameFigures(JsonElement oracle, string path)
    {
        var stats = Read(path).GetProperty("strategies")[0].GetProperty("stats");
        Close(stats.GetProperty("finalEquity").GetDouble(), oracle.GetProperty("final_value").GetDouble(), 1e-9);
        // The curve of cheat-on-close begins a bar later there, since the position is booked a bar after its fill.
        if (OnTheSameClose(oracle)) return;
        if ((Find(oracle, "analyzers", "drawdown", "max", "drawdown") ?? Find(oracle, "max_drawdown_percent")) is { } drawdown)
            Close(stats.GetProperty("maxDrawdown").GetDouble(), drawdown / 100, 1e-8);
        if (oracle.GetProperty("spec").GetProperty("files")[0].GetString()!.Contains("min", StringComparison.Ordinal)) return;
        const string Ratio = "sharpe_day_rf0_annualized_sample";
        if ((Find(oracle, "analyzers", Ratio, "sharperatio") ?? Find(oracle, Ratio)) is { } sharpe)
            Close(stats.GetProperty("sharpe").GetDouble(), sharpe, 1e-7);
    }

    private static double? Find(JsonElement element, params string[] path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        return element.ValueKind == JsonValueKind.Number ? element.GetDouble() : null;
    }

    private static List<IDictionary<string, string>> Trades(string path)
    {
        using var reader = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        var rows = new List<IDictionary<string, string>>();
        while (reader.Read()) rows.Add(reader.HeaderRecord!.ToDictionary(h => h, h => reader.GetField(h)!, StringComparer.Ordinal));
        return rows;
    }

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Close(double actual, double expected, double relative) =>
        Math.Abs(actual - expected)
            .ShouldBeLessThanOrEqualTo(relative * Math.Max(1e-9, Math.Abs(expected)), $"{actual:R} is not {expected:R}");
}
