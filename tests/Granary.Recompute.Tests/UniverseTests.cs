using System.Globalization;
using System.Text.Json;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// A ranked universe follows from the bars, a delisting from the last close, and the survivorship figure from a run of its own.
/// </summary>
public sealed class UniverseTests
{
    private const int Window = 15, Top = 3;
    private const double Least = 60;

    [Fact]
    public async Task Members_by_rank_follow_from_the_bars_before_each_month()
    {
        using var folder = new TemporaryFolder();
        var markets = Write(folder, 8);
        await BacktestAsync(folder, "ranked",
            $$"""{ "rank": "dollar-volume({{Window}})", "top": {{Top}}, "where": "close > {{Least}}" }""");

        var scores = new SortedDictionary<DateTime, List<(double Score, string Symbol)>>();
        foreach (var (symbol, bars) in markets)
            for (var i = 0; i < bars.Count; i++)
            {
                // The last bar of a month.
                if (i + 1 < bars.Count && bars[i + 1].Time.Month == bars[i].Time.Month) continue;
                var month = new DateTime(bars[i].Time.Year, bars[i].Time.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);
                if (!scores.TryGetValue(month, out var at)) scores.Add(month, at = []);
                if (i + 1 >= Window && bars[i].Close > Least)
                    at.Add((Enumerable.Range(i + 1 - Window, Window).Sum(j => bars[j].Close * bars[j].Volume), symbol));
            }
        var (spans, open) = (new List<string>(), new Dictionary<string, DateTime>(StringComparer.Ordinal));
        var end = markets.Values.Max(b => b[^1].Time).AddDays(1);
        foreach (var (month, all) in scores.Where(s => s.Key <= end))
        {
            var now = all.OrderByDescending(s => s.Score).Take(Top).Select(s => s.Symbol).ToHashSet(StringComparer.Ordinal);
            foreach (var symbol in open.Keys.Where(s => !now.Contains(s)).ToList())
            {
                spans.Add(Row(symbol, open[symbol], month));
                open.Remove(symbol);
            }
            foreach (var symbol in now) open.TryAdd(symbol, month);
        }
        spans.AddRange(open.Select(o => Row(o.Key, o.Value, null)));
        spans.Count.ShouldBeGreaterThan(5);
        File.ReadAllLines(folder.File("ranked/universe.csv")).Skip(1).ShouldBe(spans.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_delisted_member_is_closed_at_its_last_close_and_the_return_and_the_survivors_are_a_run_of_their_own()
    {
        using var folder = new TemporaryFolder();
        var markets = Write(folder, 4);
        var (gone, joined) = (markets["S0"][300].Time, markets["S1"][100].Time);
        folder.Write("members.csv", $"symbol;from;to;delisting_return\nS0;;{gone:yyyy-MM-dd};-0.3\nS1;{joined:yyyy-MM-dd};;\nS2;;;\n"
            + $"S3;;{markets["S3"][200].Time:yyyy-MM-dd};\n");
        folder.Write("survivors.csv", "symbol,from,to\nS0,1900-01-01,1900-01-02\nS1,,\nS2,,\nS3,1900-01-01,1900-01-02\n");
        await BacktestAsync(folder, "members", """{ "members": "members.csv", "onLeave": "hold" }""");
        await BacktestAsync(folder, "survivors", """{ "members": "survivors.csv" }""");

        var trades = CsvTable.Read(folder.File("members/trades.csv"));
        var last = trades.Rows.Where(r => trades.Text(r, "exit_reason") == "delisted").ToList();
        last.Count.ShouldBeGreaterThan(0);
        foreach (var row in last)
        {
            trades.Text(row, "symbol").ShouldBe("S0");
            trades.Number(row, "exit_price").ShouldBe(markets["S0"][299].Close * 0.7, 1e-9);
            trades.Time(row, "exit_time").ShouldBe(gone);
        }
        var figures = Results(folder, "members").GetProperty("universe").GetProperty("survivorship");
        var stats = Results(folder, "survivors").GetProperty("portfolio").GetProperty("stats");
        foreach (var (name, key) in new[] { ("survivorReturn", "totalReturn"), ("survivorSharpe", "sharpe") })
            figures.GetProperty(name).GetDouble().ShouldBe(stats.GetProperty(key).GetDouble(), 1e-12, name);
        var own = Results(folder, "members").GetProperty("portfolio").GetProperty("stats");
        figures.GetProperty("return").GetDouble().ShouldBe(own.GetProperty("totalReturn").GetDouble(), 1e-12);
        // S2 was a member all the time, so that its recorded trades are the same; S1 runs again, and the others do not trade.
        (figures.GetProperty("symbols").GetInt32(), figures.GetProperty("rerun").GetInt32()).ShouldBe((2, 1));
    }

    private static Dictionary<string, List<MarketBar>> Write(TemporaryFolder folder, int count)
    {
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        for (var s = 0; s < count; s++)
        {
            // The last symbol begins later, and another one ends earlier.
            var bars = new RandomMarket(40 + s).Bars(RandomMarket.Weekdays(
                new DateTime(2018, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(s == 7 ? 200 : 0), s == 5 ? 250 : 500), 0.02);
            MarketBar.Write(folder.File($"bars/S{s}.csv"), bars);
            markets[$"S{s}"] = bars;
        }
        return markets;
    }

    private static Task<string> BacktestAsync(TemporaryFolder folder, string name, string universe) => GranaryCommand.RunAsync("backtest",
        folder.Write(name + ".json", $$"""
            { "name": "{{name}}", "data": { "source": "csv:bars", "symbols": ["S0", "S1", "S2", "S3"], "timeframe": "1d" },
              "universe": {{universe}},
              "execution": { "commissionPercent": 0.1, "slippagePercent": 0.05 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 20 }, "sides": "long", "size": { "cash": 20000 } }],
              "portfolio": { "weights": "equal" }, "outputs": "all" }
            """.Replace("[\"S0\", \"S1\", \"S2\", \"S3\"]", name == "ranked" ? "\"*\"" : "[\"S0\", \"S1\", \"S2\", \"S3\"]",
            StringComparison.Ordinal)), "--out", folder.File(name), "--quiet");

    private static JsonElement Results(TemporaryFolder folder, string name) =>
        JsonDocument.Parse(File.ReadAllText(folder.File(name + "/results.json"))).RootElement;

    private static string Row(string symbol, DateTime from, DateTime? to) =>
        string.Create(CultureInfo.InvariantCulture, $"{symbol},{from:yyyy-MM-dd'T'HH:mm:ss'Z'},{to:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
