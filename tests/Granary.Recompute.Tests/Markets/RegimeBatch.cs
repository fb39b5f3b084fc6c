using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>A batch with three declared state machines, a hidden Markov model and a rule, over so few bars that a report draws
/// each.</summary>
internal sealed class RegimeBatch
{
    public const double Cash = 100_000, Commission = 0.0005;

    private const int Bars = 590;

    /// <summary>Machines and the names of their states, lowest first; the hidden ones are the last.</summary>
    public static readonly (string Name, string[] States)[] Machines =
        [("short", ["bearish", "neutral", "bullish"]), ("long", ["bearish", "neutral", "bullish"]), ("noise", ["calm", "normal", "wild"]),
            ("hidden", ["down", "up"]), ("together", ["go", "wait"])];

    public Dictionary<string, List<MarketBar>> Markets { get; } = new[] { ("AAA", 31), ("BBB", 32) }.ToDictionary(m => m.Item1, m =>
        new RandomMarket(m.Item2).Bars(RandomMarket.Weekdays(new(2021, 3, 1, 0, 0, 0, DateTimeKind.Utc), Bars), 0.01),
            StringComparer.Ordinal);

    /// <param name="hidden">States of the hidden Markov model, which no test fits again.</param>
    public static List<int[]> States(List<MarketBar> bars, int[] hidden)
    {
        List<int[]> machines = [MarketStates.Trend(bars, 10, 30, 0.5, 0.1, 3), MarketStates.Trend(bars, 30, 100, 1, 0.2, 10),
            MarketStates.Range(bars, 14, [(1.5, 1.3), (1.9, 1.7)]), hidden];
        return [.. machines, MarketStates.Together(machines, [(0, 2), (1, 2)])];
    }

    /// <returns>Path of the batch file.</returns>
    public string Write(TemporaryFolder folder)
    {
        foreach (var (symbol, bars) in Markets) MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
        return folder.Write("regimes.json", """
            { "name": "regimes", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": 20 }, "sides": "both",
                "size": { "percentOfEquity": 20 } }],
              "regimes": {
                "machines": [
                  { "name": "short", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5, "leavePercent": 0.1, "dwell": 3 },
                  { "name": "long", "measure": "sma(30)", "against": "sma(100)", "enterPercent": 1, "leavePercent": 0.2, "dwell": 10 },
                  { "name": "noise", "measure": "natr(14)", "states": ["calm", "normal", "wild"],
                    "steps": [{ "up": 1.5, "down": 1.3 }, { "up": 1.9, "down": 1.7 }] },
                  { "name": "hidden", "hiddenMarkov": { "states": ["down", "up"], "window": 120, "refit": 40 } }],
                "rules": [{ "when": { "short": "bullish", "long": "bullish" }, "state": "go" }], "otherwise": "wait" },
              "portfolio": { "weights": "equal" }, "outputs": "all" }
            """);
    }
}
