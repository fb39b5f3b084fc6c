using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(Granary.Browser.Tests.Dashboard.TradedServer))]

namespace Granary.Browser.Tests.Dashboard;

/// <summary>
/// The server that the tests of the dashboard share: stores, a run, a deployment, models, a schedule, an account that trades on paper
/// and one that has ended. It starts with the first test that asks for it.
/// </summary>
public sealed class TradedServer : IAsyncDisposable
{
    private readonly Lazy<Task<GranaryServer>> _server;

    public TradedServer() => _server = new Lazy<Task<GranaryServer>>(StartAsync);

    private const string Batch = """
        { "name": "coins",
          "data": { "source": "csv:.", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-03-01" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "sides": "both",
            "size": { "percentOfEquity": 20 } } ],
          "portfolio": { "weights": "equal", "limits": { "maxPositions": 3, "maxGrossPercent": 90, "dailyLossPercent": 5 } } }
        """;

    private const string Grid = """
        { "name": "grid",
          "data": { "source": "csv:.", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-03-01" },
          "strategies": [
            { "class": "SmaCross", "params": { "fast": [5, 8, 10], "slow": [20, 30, 50] }, "size": { "percentOfEquity": 10 } },
            { "class": "RsiReversion", "size": { "percentOfEquity": 10 } } ],
          "portfolio": { "weights": "equal" } }
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

    // Thresholds and a detector with which a few months have changes of each kind.
    private const string Watched = """
        { "name": "watched",
          "data": { "source": "csv:.", "symbols": ["COINUSDT"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 3] }, "sides": "both",
            "size": { "percentOfEquity": 10 } } ],
          "portfolio": { "weights": "equal" },
          "learning": { "name": "gate", "trainer": "logistic", "registry": "models", "features": ["return(1)", "rsi(14)", "volatility(20)"],
            "label": { "kind": "direction", "bars": 3 },
            "walkForward": { "window": "rolling", "train": 800, "test": 300 },
            "apply": { "rule": "size", "from": 0.48, "full": 0.52 }, "watch": { "detector": "ddm", "weight": 0.5 }, "abstain": true } }
        """;

    // A few steps of two seeds: the view shows how the weights were learned, not good ones.
    private const string Learned = """
        { "name": "learned",
          "data": { "source": "csv:.", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-03-01" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 50] }, "size": { "percentOfEquity": 40 } } ],
          "portfolio": { "weights": "adaptive", "rebalance": { "every": "2w", "window": "3w" },
            "allocator": { "steps": 1000, "seeds": 2, "episode": 50 } } }
        """;

    private string _run = "", _grid = "", _model = "", _learned = "", _searched = "", _watched = "";

    /// <summary>
    /// The address of a view, in which RUN stands for the deployment's run, GRID for one of two parameters, STRATEGY for a strategy of it,
    /// MODEL for a model with two versions, LEARNED for a run whose weights a policy learned, SEARCHED for a job that searched models,
    /// and WATCHED for a run
    /// whose models are watched.
    /// </summary>
    internal string AddressOf(string view) => view.Replace("RUN", _run).Replace("GRID", _grid).Replace("MODEL", _model)
        .Replace("LEARNED", _learned)
        .Replace("WATCHED", _watched)
        .Replace("SEARCHED", _searched)
        .Replace("STRATEGY", Uri.EscapeDataString("SmaCross(fast=8,slow=30)@GLIMUSDT:1h"));

    internal Task<GranaryServer> ServerAsync() => _server.Value;

    private async Task<GranaryServer> StartAsync()
    {
        var server = await GranaryServer.StartAsync();
        await ImportAsync(server, "COINUSDT.csv", "bars");
        var lines = File.ReadAllLines(Path.Combine(server.Data, "COINUSDT.csv")).ToList();
        lines.RemoveRange(49, 24);
        await File.WriteAllLinesAsync(Path.Combine(server.Data, "gaps.txt"), lines);
        await ImportAsync(server, "gaps.txt", "other");
        _run = await server.JobAsync("batches", JsonNode.Parse(Batch)!);
        _grid = await server.JobAsync("batches", JsonNode.Parse(Grid)!);
        _watched = await server.JobAsync("batches", JsonNode.Parse(Watched)!);
        _learned = await server.JobAsync("batches", JsonNode.Parse(Learned)!);
        foreach (var trainer in (string[])["logistic", "naive-bayes"])
        {
            var learning = JsonNode.Parse(Learning)!;
            learning["learning"]!["trainer"] = trainer;
            await server.JobAsync("jobs", new { kind = "train", batch = learning, strategies = "all" });
        }
        var searching = JsonNode.Parse(Learning)!;
        searching["learning"]!["experiment"] = JsonNode.Parse("""{ "fitness": "auc", "search": { "budget": 30, "windows": 2 } }""");
        _searched = await server.JobAsync("jobs", new { kind = "experiment", batch = searching, strategies = "all" });
        _model = (await server.GetAsync("models"))[0].GetProperty("name").GetString()!;
        // The newest version is the current one after its training: an older one makes it a challenger.
        using var promoted = await server.Client.PostAsJsonAsync($"/api/v1/models/{_model}/promote", new { version = 1 });
        promoted.EnsureSuccessStatusCode();
        await ScheduleAsync(server);
        using var added = await server.Client.PostAsJsonAsync("/api/v1/deployments", new { run = _run, why = "first version" });
        added.EnsureSuccessStatusCode();
        await server.TradeAsync(1, "ended", "asap");
        // Trades for hours, until the last test has ended on any machine.
        await server.TradeAsync(1, "paper", "fixed:1s", "2023-06-30");
        var weights = Strategies.ToDictionary(s => s, _ => 1.0);
        await server.WeighAsync("paper", 0, weights, "the same for all");
        await Granary.Testing.Eventually.IsAsync(() => server.GetAsync("sessions/ended"),
            s => s.GetProperty("phase").GetString() == "done");
        await Granary.Testing.Eventually.IsAsync(() => server.GetAsync("sessions/paper"), s => OpenTrades(s) > 0);
        return server;
    }

    // A schedule that is due on days of February 29th, and one of its times that is long past.
    private static async Task ScheduleAsync(GranaryServer server)
    {
        using var set = await server.Client.PutAsJsonAsync("/api/v1/schedules/gate-of-leap-days", new
        {
            cron = "0 2 29 2 *",
            window = "2h",
            job = new { kind = "train", batch = JsonNode.Parse(Learning), strategies = "all" },
            why = "after the import of the bars",
        });
        set.EnsureSuccessStatusCode();
        await File.WriteAllTextAsync(
            Path.Combine(server.Folder, "runs", ".schedules", "gate-of-leap-days", "runs", "20240229T020000Z.json"), """
            { "due": "2024-02-29T02:00:00+00:00", "at": "2024-02-29T05:00:00+00:00", "outcome": "missed",
              "reason": "its window ended at 2024-02-29 04:00:00Z, and the server came back at 2024-02-29 05:00:00Z" }
            """);
    }

    internal static string[] Strategies { get; } =
    [
        "SmaCross(fast=5,slow=20)@COINUSDT:1h", "SmaCross(fast=5,slow=30)@COINUSDT:1h",
        "SmaCross(fast=5,slow=20)@GLIMUSDT:1h", "SmaCross(fast=5,slow=30)@GLIMUSDT:1h",
    ];

    internal static int OpenTrades(JsonElement session) => session.GetProperty("status") is { ValueKind: JsonValueKind.Object } status
        ? status.GetProperty("account").GetProperty("trades").GetArrayLength() : 0;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }

    private static Task<string> ImportAsync(GranaryServer server, string file, string store) =>
        server.JobAsync("jobs", new { kind = "import", files = file, store, symbol = "COINUSDT", timeframe = "1h" });
}
