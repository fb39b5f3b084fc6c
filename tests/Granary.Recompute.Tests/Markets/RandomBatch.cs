using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>A batch drawn from a seed: markets that start and end on days of their own, strategies, sizes, costs and limits.</summary>
internal sealed class RandomBatch
{
    public const double Cash = 100_000;

    private static readonly (string Class, string Params)[] Strategies =
    [
        ("SmaCross", """{ "fast": [3, 5], "slow": 12 }"""), ("EmaCross", """{ "fast": 4, "slow": 15 }"""),
        ("DonchianBreakout", """{ "period": 10, "exit": 5 }"""), ("RsiReversion", """{ "period": 7, "low": 30, "high": 60 }"""),
        ("BuyAndHold", "{}"), ("MacdCross", """{ "fast": 5, "slow": 13, "signal": 4 }"""),
    ];

    private static readonly string[] Sizes =
        ["""{ "percentOfEquity": 95 }""", """{ "percentOfEquity": 30 }""", """{ "units": 7 }""", """{ "cash": 5000 }""",
            """{ "riskPercent": 1 }"""];

    private readonly Random _random;
    private readonly RandomMarket _market;

    public RandomBatch(int seed)
    {
        _market = new RandomMarket(seed);
        _random = _market.Random;
        IsIntraday = _random.Next(4) == 0;
        IsContinuous = IsIntraday || _random.Next(2) == 0;
        Commission = _random.Next(3) * 0.05 / 100;
        Markets = Enumerable.Range(0, _random.Next(1, 4)).ToDictionary(i => "SYM" + i, _ => Draw(), StringComparer.Ordinal);
    }

    public bool IsIntraday { get; }

    /// <summary>Whether there are bars on weekends.</summary>
    public bool IsContinuous { get; }

    /// <summary>Fraction of the notional of each side.</summary>
    public double Commission { get; }

    public Dictionary<string, List<MarketBar>> Markets { get; }

    public string Timeframe => IsIntraday ? "1h" : "1d";

    /// <summary>Writes the markets and the batch file.</summary>
    /// <returns>Path of the batch file.</returns>
    public string Write(TemporaryFolder folder)
    {
        foreach (var (symbol, bars) in Markets) MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
        var portfolio = new JsonObject { ["weights"] = _random.Next(2) == 0 ? "equal" : "winners" };
        if (_random.Next(2) == 0) portfolio["limits"] = Limits();
        return folder.Write("batch.json", new JsonObject
        {
            ["name"] = "random",
            ["data"] = new JsonObject { ["source"] = "csv:data", ["symbols"] = "*", ["timeframe"] = Timeframe },
            ["account"] = new JsonObject { ["cash"] = Cash },
            ["execution"] = new JsonObject { ["commissionPercent"] = Commission * 100, ["slippagePercent"] = _random.Next(2) * 0.02 },
            ["strategies"] = new JsonArray([.. Enumerable.Range(0, _random.Next(1, 4)).Select(Strategy)]),
            ["portfolio"] = portfolio,
            ["outputs"] = new JsonArray("results", "trades", "portfolio_trades", "equity"),
        }.ToJsonString());
    }

    private List<MarketBar> Draw()
    {
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(_random.Next(0, 20));
        var count = _random.Next(60, 220);
        var times = IsIntraday ? RandomMarket.Every(start, TimeSpan.FromHours(1), count)
            : IsContinuous ? RandomMarket.Every(start, TimeSpan.FromDays(1), count) : RandomMarket.Weekdays(start, count);
        return _market.Bars(times, volatility: 0.01 + 0.05 * _random.NextDouble(), missing: _random.Next(3) == 0 ? 0.05 : 0,
            drift: 0.006 * (_random.NextDouble() - 0.5));
    }

    private JsonObject Limits()
    {
        var limits = new JsonObject();
        if (_random.Next(2) == 0) limits["maxPositions"] = _random.Next(1, 5);
        if (_random.Next(2) == 0) limits["maxGrossPercent"] = _random.Next(30, 150);
        if (_random.Next(2) == 0) limits["maxSymbolPercent"] = _random.Next(10, 80);
        if (_random.Next(3) == 0) limits["maxNetPercent"] = _random.Next(20, 100);
        return limits;
    }

    private JsonNode Strategy(int index)
    {
        var (name, parameters) = Strategies[_random.Next(Strategies.Length)];
        var size = Sizes[_random.Next(Sizes.Length)];
        var strategy = new JsonObject
        {
            ["class"] = name,
            ["params"] = JsonNode.Parse(parameters),
            ["sides"] = name == "BuyAndHold" ? "long" : ((string[])["long", "short", "both"])[_random.Next(3)],
            ["size"] = JsonNode.Parse(size),
            ["tag"] = "t" + index,
        };
        if (size.Contains("risk", StringComparison.Ordinal) || _random.Next(3) == 0) strategy["stopLossPercent"] = _random.Next(1, 8);
        if (_random.Next(3) == 0) strategy["takeProfitPercent"] = _random.Next(2, 12);
        if (_random.Next(4) == 0) strategy["trailingStopPercent"] = _random.Next(2, 9);
        if (_random.Next(4) == 0) strategy["maxBars"] = _random.Next(1, 20);
        return strategy;
    }
}
