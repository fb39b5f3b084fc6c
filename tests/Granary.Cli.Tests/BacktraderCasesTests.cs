using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>What backtrader did, asked of <c>granary backtest</c>: every recorded case that the batch file has words for.</summary>
public sealed class BacktraderCasesTests
{
    // Exits at prices taken from the signal's close, limit and stop entries, orders on the close and several assets are tested through the engine.
    private static readonly string[] Kinds = ["long", "ls", "oco_entry", "trail"];

    public static TheoryData<string> Synthetic() => [.. Cases(Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "backtests"))];

    public static TheoryData<string> Shared()
    {
        var folder = SharedData.Find("oracles/backtests");
        return folder is null ? [] : [.. Cases(folder)];
    }

    private static IEnumerable<string> Cases(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var spec = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("spec");
            if (Kinds.Contains(spec.GetProperty("kind").GetString()) && spec.GetProperty("files").GetArrayLength() == 1) yield return Path.GetFileNameWithoutExtension(path);
        }
    }

    [Theory]
    [MemberData(nameof(Synthetic))]
    public Task A_case_on_synthetic_bars_gives_the_same_trades(string name)
    {
        var root = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic");
        return CheckAsync(Path.Combine(root, "backtests", name + ".json"), Path.Combine(root, "bars"));
    }

    [SharedTheory]
    [MemberData(nameof(Shared))]
    public Task A_case_on_real_bars_gives_the_same_trades(string name) =>
        CheckAsync(Path.Combine(SharedData.Require("oracles/backtests"), name + ".json"), SharedData.Require("data/backtrader"));

    private static async Task CheckAsync(string oracle, string bars)
    {
        using var folder = new TestFolder();
        var root = JsonDocument.Parse(await File.ReadAllBytesAsync(oracle)).RootElement;
        var batch = folder.Write("batch.json", Batch(root.GetProperty("spec"), bars));
        var call = await GranaryProcess.RunAsync("backtest", batch, "--out", folder.At("run"), "--json");
        call.ExitCode.ShouldBe(0, call.Error);

        var expected = root.GetProperty("trades").EnumerateArray().ToList();
        var trades = Trades(folder.At("run/trades.csv")).Where(t => t["exit_reason"] != "open").ToList();
        trades.Count.ShouldBe(expected.Count);
        var sameClose = root.GetProperty("spec").TryGetProperty("coc", out var coc) && coc.GetBoolean();
        for (var i = 0; i < expected.Count; i++)
        {
            var (e, t) = (expected[i], trades[i]);
            t["side"].ShouldBe(e.GetProperty("side").GetString());
            // With cheat-on-close backtrader dates a trade by the bar after its fill; we date it by the bar in which it was filled.
            if (!sameClose)
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
            Math.Abs(Number(t["pnl_net"]) - e.GetProperty("pnlcomm").GetDouble()).ShouldBeLessThan(1e-9 * Number(t["entry_price"]) * Number(t["quantity"]) + 1e-9);
        }
        var results = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.At("run/results.json"))).RootElement;
        var stats = results.GetProperty("strategies")[0].GetProperty("stats");
        Close(stats.GetProperty("finalEquity").GetDouble(), root.GetProperty("final_value").GetDouble(), 1e-9);
        // The curve of cheat-on-close begins a bar later there, since the position is booked a bar after its fill.
        if (sameClose) return;
        if ((Find(root, "analyzers", "drawdown", "max", "drawdown") ?? Find(root, "max_drawdown_percent")) is { } drawdown) Close(stats.GetProperty("maxDrawdown").GetDouble(), drawdown / 100, 1e-8);
        if (root.GetProperty("spec").GetProperty("files")[0].GetString()!.Contains("min", StringComparison.Ordinal)) return;
        if ((Find(root, "analyzers", "sharpe_day_rf0_annualized_sample", "sharperatio") ?? Find(root, "sharpe_day_rf0_annualized_sample")) is { } sharpe) Close(stats.GetProperty("sharpe").GetDouble(), sharpe, 1e-7);
    }

    private static double? Find(JsonElement element, params string[] path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        return element.ValueKind == JsonValueKind.Number ? element.GetDouble() : null;
    }

    private static string Batch(JsonElement spec, string bars)
    {
        double Get(string name, double fallback) => spec.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : fallback;
        var file = spec.GetProperty("files")[0].GetString()!;
        var minutes = file.Contains("min", StringComparison.Ordinal);
        var kind = spec.GetProperty("kind").GetString();
        var commission = spec.TryGetProperty("comm", out var comm) ? comm : default;
        var futures = commission.ValueKind == JsonValueKind.Object && commission.GetProperty("type").GetString() == "fut";
        var (strategy, parameters) = spec.GetProperty("signal").GetString() switch
        {
            "sma" => ("SmaCross", new Dictionary<string, object> { ["fast"] = Get("fast", 10), ["slow"] = Get("slow", 30) }),
            "ema" => ("EmaCross", new Dictionary<string, object> { ["fast"] = Get("fast", 12), ["slow"] = Get("slow", 26) }),
            "macd" => ("MacdCross", []),
            _ => ("RsiReversion", new Dictionary<string, object> { ["period"] = Get("period", 14), ["low"] = Get("low", 30), ["high"] = Get("high", 70) }),
        };
        var sizer = spec.TryGetProperty("sizer", out var s) ? s : default;
        var whole = sizer.ValueKind == JsonValueKind.Object && sizer.GetProperty("type").GetString() == "percent_int";
        var entry = new Dictionary<string, object>
        {
            ["class"] = strategy,
            ["params"] = parameters,
            ["sides"] = kind == "ls" ? "both" : "long",
            ["size"] = sizer.ValueKind == JsonValueKind.Object
                ? new Dictionary<string, double> { ["percentOfEquity"] = sizer.GetProperty("percents").GetDouble() }
                : new Dictionary<string, double> { ["units"] = Get("size", 1) },
        };
        if (kind == "oco_entry")
        {
            entry["stopLossPercent"] = Get("stop", 0) * 100;
            entry["takeProfitPercent"] = Get("target", 0) * 100;
            entry["exitOnSignal"] = false;
        }
        if (kind == "trail")
        {
            entry["trailingStopPercent"] = Get("trail", 0) * 100;
            entry["exitOnSignal"] = false;
        }
        var instrument = new Dictionary<string, double>();
        if (whole) instrument["lot"] = 1;
        if (futures)
        {
            instrument["multiplier"] = commission.GetProperty("mult").GetDouble();
            instrument["margin"] = commission.GetProperty("margin").GetDouble();
        }
        var execution = new Dictionary<string, object> { ["slippagePercent"] = Get("slip", 0) * 100, ["protectFrom"] = "next-bar" };
        if (futures) execution["commissionPerUnit"] = commission.GetProperty("per_contract").GetDouble();
        else execution["commissionPercent"] = commission.ValueKind == JsonValueKind.Object ? commission.GetProperty("rate").GetDouble() * 100 : 0.1;
        if (spec.TryGetProperty("coc", out var coc) && coc.GetBoolean()) execution["fill"] = "same-close";
        return JsonSerializer.Serialize(new
        {
            name = "case",
            data = new
            {
                source = "csv:" + bars,
                symbols = new[] { Path.GetFileNameWithoutExtension(file) },
                timeframe = minutes ? "5m" : "1d",
                adjust = false,
                instruments = new Dictionary<string, object> { ["*"] = instrument },
            },
            account = new { cash = 100_000 },
            execution,
            strategies = new[] { entry },
            outputs = new[] { "results", "trades" },
        });
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

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Close(double actual, double expected, double relative) =>
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(relative * Math.Max(1e-9, Math.Abs(expected)), $"{actual:R} is not {expected:R}");
}
