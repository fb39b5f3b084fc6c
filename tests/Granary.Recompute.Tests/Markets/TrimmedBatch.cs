using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>
/// Two stocks and a coin that also trades on weekends, in portfolios that close parts of their trades, or that borrow over nights and
/// weekends.
/// </summary>
internal sealed class TrimmedBatch
{
    public const double Cash = 100_000, Commission = 0.001, MarginRate = 0.08;

    private const string Crossings = """
        [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [12, 25] }, "sides": "long", "size": { "percentOfEquity": 95 } },
         { "class": "DonchianBreakout", "params": { "period": 15, "exit": 8 }, "size": { "percentOfEquity": 60 } },
         { "class": "BuyAndHold", "sides": "long", "size": { "percentOfEquity": 90 } }]
        """;

    private readonly int _seed;

    public TrimmedBatch(int seed)
    {
        _seed = seed;
        var start = new DateTime(2020, 2, 1, 0, 0, 0, DateTimeKind.Utc);
        List<MarketBar> Stock(int number) => new RandomMarket(10 * seed + number)
            .Bars(RandomMarket.Weekdays(start.AddDays(2), 300), 0.02, missing: 0.02, drift: 0.001);
        Markets = new MarketSet(new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal)
        {
            ["COIN"] = new RandomMarket(10 * seed).Bars(RandomMarket.Every(start, TimeSpan.FromDays(1), 430), 0.04, drift: 0.002),
            ["STOCKA"] = Stock(1),
            ["STOCKB"] = Stock(2),
        });
    }

    public MarketSet Markets { get; }

    /// <summary>Limits that hold at each bar trim what has grown.</summary>
    public string LimitedAtEveryBar(TemporaryFolder folder) => Write(folder, Crossings, """
        { "weights": "equal", "limits": { "maxSymbolPercent": 25, "maxGrossPercent": 70, "enforce": "every-bar" } }
        """);

    /// <summary>A strategy of several symbols puts its weights right each month, by sales of a part and by further purchases.</summary>
    public string Rebalanced(TemporaryFolder folder) =>
        Write(folder, """[{ "class": "MonthlyRebalance" }]""", """{ "weights": "equal" }""");

    /// <summary>Purchases on credit.</summary>
    public string OnMargin(TemporaryFolder folder) => Write(folder, Crossings, """{ "weights": "winners" }""", """
        { "commissionPercent": 0.1, "leverage": 3, "marginRatePercent": 8 }
        """);

    private string Write(TemporaryFolder folder, string strategies, string portfolio,
        string execution = """{ "commissionPercent": 0.1 }""")
    {
        foreach (var (symbol, bars) in Markets.Bars) MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
        return folder.Write("batch.json", new JsonObject
        {
            ["name"] = "trimmed",
            ["data"] = JsonNode.Parse("""{ "source": "csv:data", "symbols": "*", "timeframe": "1d" }"""),
            ["account"] = new JsonObject { ["cash"] = Cash },
            ["execution"] = JsonNode.Parse(execution),
            ["strategies"] = JsonNode.Parse(strategies),
            ["portfolio"] = JsonNode.Parse(portfolio),
            ["benchmark"] = "STOCKA",
            ["seed"] = _seed,
        }.ToJsonString());
    }
}
