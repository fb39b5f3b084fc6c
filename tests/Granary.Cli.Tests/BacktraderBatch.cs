using System.Text.Json;

namespace Granary.Cli.Tests;

/// <summary>A recorded case of backtrader as a batch file.</summary>
internal static class BacktraderBatch
{
    /// <param name="spec">The case's own description.</param>
    /// <param name="bars">The folder of its CSV files.</param>
    public static string Text(JsonElement spec, string bars)
    {
        var file = spec.GetProperty("files")[0].GetString()!;
        return JsonSerializer.Serialize(new
        {
            name = "case",
            data = new
            {
                source = "csv:" + bars,
                symbols = new[] { Path.GetFileNameWithoutExtension(file) },
                timeframe = file.Contains("min", StringComparison.Ordinal) ? "5m" : "1d",
                adjust = false,
                instruments = new Dictionary<string, object> { ["*"] = Instrument(spec) },
            },
            account = new { cash = 100_000 },
            execution = Execution(spec),
            strategies = new[] { Strategy(spec) },
            outputs = new[] { "results", "trades" },
        });
    }

    private static Dictionary<string, object> Strategy(JsonElement spec)
    {
        var kind = spec.GetProperty("kind").GetString();
        var (strategy, parameters) = spec.GetProperty("signal").GetString() switch
        {
            "sma" => ("SmaCross", new Dictionary<string, object> { ["fast"] = Get(spec, "fast", 10), ["slow"] = Get(spec, "slow", 30) }),
            "ema" => ("EmaCross", new Dictionary<string, object> { ["fast"] = Get(spec, "fast", 12), ["slow"] = Get(spec, "slow", 26) }),
            "macd" => ("MacdCross", []),
            _ => ("RsiReversion", new Dictionary<string, object>
            {
                ["period"] = Get(spec, "period", 14),
                ["low"] = Get(spec, "low", 30),
                ["high"] = Get(spec, "high", 70),
            }),
        };
        var entry = new Dictionary<string, object>
        {
            ["class"] = strategy,
            ["params"] = parameters,
            ["sides"] = kind == "ls" ? "both" : "long",
            ["size"] = Object(spec, "sizer") is { } sizer
                ? new Dictionary<string, double> { ["percentOfEquity"] = sizer.GetProperty("percents").GetDouble() }
                : new Dictionary<string, double> { ["units"] = Get(spec, "size", 1) },
        };
        if (kind == "oco_entry")
        {
            entry["stopLossPercent"] = Get(spec, "stop", 0) * 100;
            entry["takeProfitPercent"] = Get(spec, "target", 0) * 100;
            entry["exitOnSignal"] = false;
        }
        if (kind == "trail")
        {
            entry["trailingStopPercent"] = Get(spec, "trail", 0) * 100;
            entry["exitOnSignal"] = false;
        }
        return entry;
    }

    private static Dictionary<string, double> Instrument(JsonElement spec)
    {
        var instrument = new Dictionary<string, double>();
        if (Object(spec, "sizer")?.GetProperty("type").GetString() == "percent_int") instrument["lot"] = 1;
        if (Futures(spec) is { } commission)
        {
            instrument["multiplier"] = commission.GetProperty("mult").GetDouble();
            instrument["margin"] = commission.GetProperty("margin").GetDouble();
        }
        return instrument;
    }

    private static Dictionary<string, object> Execution(JsonElement spec)
    {
        var execution = new Dictionary<string, object> { ["slippagePercent"] = Get(spec, "slip", 0) * 100, ["protectFrom"] = "next-bar" };
        if (Futures(spec) is { } futures) execution["commissionPerUnit"] = futures.GetProperty("per_contract").GetDouble();
        else execution["commissionPercent"] = Object(spec, "comm")?.GetProperty("rate").GetDouble() * 100 ?? 0.1;
        if (spec.TryGetProperty("coc", out var coc) && coc.GetBoolean()) execution["fill"] = "same-close";
        return execution;
    }

    private static JsonElement? Futures(JsonElement spec) =>
        Object(spec, "comm") is { } commission && commission.GetProperty("type").GetString() == "fut" ? commission : null;

    private static JsonElement? Object(JsonElement spec, string name) =>
        spec.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static double Get(JsonElement spec, string name, double fallback) =>
        spec.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : fallback;
}
