using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>
/// A server with real content: stores, a run, a deployment, models, learned weights, an account that trades on paper and one that has
/// ended.
/// </summary>
public sealed class TradedServer : IAsyncLifetime
{
    private const string Batch = """
        { "name": "coins",
          "data": { "source": "csv:.", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-03-01" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "sides": "both",
            "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal", "limits": { "maxPositions": 3, "maxGrossPercent": 90, "dailyLossPercent": 5 } } }
        """;

    private const string Learning = """
        { "name": "gates",
          "data": { "source": "csv:.", "symbols": ["ACME"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 50 }, "size": { "percentOfEquity": 10 } } ],
          "learning": { "name": "gate", "trainer": "logistic", "registry": "models", "features": ["return(1)", "rsi(14)", "adx(14)"],
            "label": { "kind": "direction", "bars": 5 },
            "walkForward": { "window": "expanding", "train": 1000, "test": 400 },
            "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 } } }
        """;

    internal GranaryServer Server { get; private set; } = null!;

    /// <summary>The run of the deployment.</summary>
    internal string Run { get; private set; } = "";

    /// <summary>A model with one version.</summary>
    internal string Model { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Server = await GranaryServer.StartAsync();
        await ImportAsync("COINUSDT.csv", "bars");
        var lines = File.ReadAllLines(Path.Combine(Server.Data, "COINUSDT.csv")).ToList();
        lines.RemoveRange(49, 24);
        await File.WriteAllLinesAsync(Path.Combine(Server.Data, "gaps.txt"), lines);
        await ImportAsync("gaps.txt", "other");
        Run = await Server.JobAsync("batches", JsonNode.Parse(Batch)!);
        await Server.JobAsync("jobs", new { kind = "train", batch = JsonNode.Parse(Learning), strategies = "all" });
        Model = (await Server.GetAsync("models"))[0].GetProperty("name").GetString()!;
        using var added = await Server.Client.PostAsJsonAsync("/api/v1/deployments", new { run = Run, why = "first version" });
        added.EnsureSuccessStatusCode();
        await Server.TradeAsync(1, "ended", "asap");
        // Slow enough to trade until the last test has ended, also on a busy machine.
        await Server.TradeAsync(1, "paper", "fixed:1s");
        var weights = Strategies.ToDictionary(s => s, _ => 1.0);
        await Server.WeighAsync("paper", 0, weights, "the same for all");
        await Granary.Testing.Eventually.IsAsync(() => Server.GetAsync("sessions/ended"),
            s => s.GetProperty("phase").GetString() == "done");
        await Granary.Testing.Eventually.IsAsync(() => Server.GetAsync("sessions/paper"), s => OpenTrades(s) > 0);
    }

    internal static string[] Strategies { get; } =
    [
        "SmaCross(fast=5,slow=20)@COINUSDT:1h", "SmaCross(fast=5,slow=30)@COINUSDT:1h",
        "SmaCross(fast=5,slow=20)@GLIMUSDT:1h", "SmaCross(fast=5,slow=30)@GLIMUSDT:1h",
    ];

    internal static int OpenTrades(JsonElement session) => session.GetProperty("status") is { ValueKind: JsonValueKind.Object } status
        ? status.GetProperty("account").GetProperty("trades").GetArrayLength() : 0;

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    private Task<string> ImportAsync(string file, string store) =>
        Server.JobAsync("jobs", new { kind = "import", files = file, store, symbol = "COINUSDT", timeframe = "1h" });
}
