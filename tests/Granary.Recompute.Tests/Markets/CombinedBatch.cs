using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>
/// A batch with everything that makes accounts hard: a market round the clock that ruins its short sellers, stocks in whole shares, a
/// market whose
/// sessions cross midnight and whose data ends early, one of another time zone with a week without bars, and bars that are missing
/// everywhere. Daylight
/// saving ends within it. Files are written in the times of New York, but for one that names its offset.
/// </summary>
internal sealed class CombinedBatch
{
    public const double Cash = 100_000, Commission = 0.0005, FutureMultiplier = 5;

    private const string FileZone = "America/New_York";

    private static readonly DateTime First = new(2021, 9, 1, 0, 0, 0, DateTimeKind.Utc),
        Last = new(2021, 12, 23, 0, 0, 0, DateTimeKind.Utc);

    public CombinedBatch()
    {
        var hour = TimeSpan.FromHours(1);
        Dictionary<string, TradingSession> sessions = new(StringComparer.Ordinal)
        {
            ["NYSE"] = new("America/New_York", new(9, 30, 0), new(16, 0, 0)),
            ["FUTURE"] = new("America/Chicago", new(17, 0, 0), new(16, 0, 0)),
            ["TOKYO"] = new("Asia/Tokyo", new(9, 0, 0), new(15, 0, 0)),
        };
        Dictionary<string, List<MarketBar>> bars = new(StringComparer.Ordinal)
        {
            ["CONT"] = new RandomMarket(101).Bars(RandomMarket.Every(First, hour, 24 * 114), 0.008, missing: 0.02, drift: 0.0006),
            ["NYSE"] = new RandomMarket(102).Bars(sessions["NYSE"].Bars(First, Last, hour), 0.01, missing: 0.03),
            ["FUTURE"] = new RandomMarket(103).Bars(sessions["FUTURE"].Bars(First, new(2021, 11, 12), hour), 0.006, missing: 0.02),
            ["TOKYO"] = [.. new RandomMarket(104).Bars(sessions["TOKYO"].Bars(First, Last, hour), 0.012, missing: 0.03)
                .Where(b => b.Time.Date < new DateTime(2021, 10, 4) || b.Time.Date > new DateTime(2021, 10, 12))],
        };
        Markets = new MarketSet(bars, sessions, new Dictionary<string, double> { ["FUTURE"] = FutureMultiplier });
    }

    public MarketSet Markets { get; }

    /// <summary>Writes the markets and the batch file.</summary>
    /// <param name="atEnd">What becomes of a position in a symbol that has ended: mark or close.</param>
    /// <param name="portfolio">Weights and limits.</param>
    /// <param name="benchmark">A symbol, or buy-and-hold.</param>
    /// <returns>Path of the batch file.</returns>
    public string Write(TemporaryFolder folder, string atEnd, JsonObject portfolio, string benchmark)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(FileZone);
        foreach (var (symbol, bars) in Markets.Bars)
            MarketBar.Write(folder.File($"data/{symbol}.csv"), bars, t => symbol == "TOKYO" ? $"{t.AddHours(9):yyyy-MM-ddTHH:mm:ss}+09:00"
                : $"{TimeZoneInfo.ConvertTimeFromUtc(t, zone):yyyy-MM-dd HH:mm:ss}");
        return folder.Write($"{atEnd}.json", new JsonObject
        {
            ["name"] = "combined-" + atEnd,
            ["data"] = JsonNode.Parse("""
                { "source": "csv:data", "symbols": "*", "timeframe": "1h", "timeZone": "America/New_York", "instruments": {
                  "NYSE": { "kind": "stock", "session": "XNYS" },
                  "FUTURE": { "multiplier": 5, "session": { "timeZone": "America/Chicago", "open": "17:00", "close": "16:00" } },
                  "TOKYO": { "lot": 0.1, "session": { "timeZone": "Asia/Tokyo", "open": "09:00", "close": "15:00" } } } }
                """),
            ["account"] = new JsonObject { ["cash"] = Cash },
            ["execution"] = new JsonObject { ["commissionPercent"] = Commission * 100, ["slippagePercent"] = 0.01, ["atEnd"] = atEnd },
            ["strategies"] = JsonNode.Parse("""
                [{ "class": "SmaCross", "params": { "fast": [4, 8], "slow": [20, 30] }, "timeframe": ["1h", "4h"],
                  "size": { "percentOfEquity": 15 },
                   "stopLossPercent": 4 },
                 { "class": "DonchianBreakout", "params": { "period": [12, 20], "exit": [6, 10] }, "size": { "riskPercent": 0.5 },
                   "trailingStopPercent": 5 },
                 { "class": "RsiReversion", "params": { "period": 7, "low": 30, "high": 65 }, "sides": "long", "size": { "units": 30 },
                   "takeProfitPercent": 3, "maxBars": 15 },
                 { "class": "BuyAndHold", "timeframe": "4h", "sides": "long", "size": { "percentOfEquity": 20 }, "symbols": ["FUTURE",
                   "NYSE"] },
                 { "class": "SmaCross", "params": { "fast": 3, "slow": 9 }, "sides": "short", "exitOnSignal": false, "symbols": ["CONT"],
                   "size": { "percentOfEquity": 95 }, "tag": "ruin" }]
                """),
            ["portfolio"] = portfolio,
            ["benchmark"] = benchmark,
            ["outputs"] = "all",
            ["seed"] = 1,
        }.ToJsonString());
    }
}
