using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>
/// Recomputes the account of walk-forwards of random batches from their trades and bars, by code that shares nothing with the product: a
/// row for each bar, cash and positions at each, and every statistic that is shown.
/// </summary>
public sealed class WalkForwardAccountTests : IDisposable
{
    private const double Cash = 100_000, CommissionPercent = 0.1;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-account-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Row(DateTime Time, double Equity, double Cash, double Exposure);

    private sealed record TradeRow(string Symbol, int Side, double Quantity, DateTime Entry, double EntryPrice, DateTime Exit,
        double Commission, double Net, string Reason);

    // Weekdays, each symbol over a stretch of its own.
    private Dictionary<string, SortedDictionary<DateTime, double>> Markets(Random random)
    {
        var markets = new Dictionary<string, SortedDictionary<DateTime, double>>(StringComparer.Ordinal);
        for (var s = 0; s < 3; s++)
        {
            var (closes, price, drift) = (new SortedDictionary<DateTime, double>(), 50.0, random.NextDouble() * 0.002 - 0.0005);
            var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
            var day = new DateTime(2010, 1, 4).AddDays(random.Next(200));
            var end = new DateTime(2016, 6, 30).AddDays(-random.Next(300));
            for (; day < end; day = day.AddDays(1))
            {
                if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || random.Next(60) == 0) continue;
                var open = Math.Round(price * (1 + 0.01 * (random.NextDouble() - 0.5)), 2);
                var close = Math.Round(open * (1 + drift + 0.03 * (random.NextDouble() - 0.5)), 2);
                var (high, low) = (Math.Round(Math.Max(open, close) * 1.005, 2), Math.Round(Math.Min(open, close) * 0.995, 2));
                text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{open},{high},{low},{close},1000\n");
                closes[day] = price = close;
            }
            File.WriteAllText(Path.Combine(_folder, $"S{s}.csv"), text.ToString());
            markets[$"S{s}"] = closes;
        }
        return markets;
    }

    private BatchSpec Batch(Random random)
    {
        string[] sides = ["long", "short", "both"], sizes = ["\"percentOfEquity\": 60", "\"cash\": 30000", "\"units\": 200"],
            windows = ["1y|6mo", "9mo|13w", "2y|1y", "60w|100d"];
        var (side, size, window) = (sides[random.Next(3)], sizes[random.Next(3)], windows[random.Next(4)].Split('|'));
        var stop = random.Next(2) == 0 ? ", \"stopLossPercent\": 4, \"takeProfitPercent\": 9" : "";
        var choose = new[] { "parameters", "market", "batch" }[random.Next(3)];
        return new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{_folder}}", "symbols": "*", "timeframe": "1d" }, "account": { "cash": 100000 },
              "execution": { "commissionPercent": 0.1, "slippagePercent": 0.02 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 8], "slow": [13, 21] }, "sides": "{{side}}",
                "size": { {{size}} }{{stop}} },
                              { "class": "RsiReversion", "params": { "period": [5, 9] }, "sides": "long", "size": { {{size}} } } ],
              "walkForward": { "inSample": "{{window[0]}}", "outOfSample": "{{window[1]}}", "choose": "{{choose}}",
                "warmUp": {{random.Next(2) * 60}} } }
            """), _folder);
    }

    private static List<Dictionary<string, string>> Csv(string path)
    {
        var lines = File.ReadAllLines(path);
        var names = lines[0].Split(',');
        // Ids with parameters are the only fields with commas, and they are quoted.
        return [.. lines.Skip(1).Select(l => l.Split('"')
            .SelectMany((part, i) => i % 2 == 1 ? [part]
                : part.Trim(',').Length == 0 && i > 0 ? [] : part.Split(',').Where((_, k) => i == 0 || k > 0)).ToArray())
            .Select(f => names.Select((n, i) => (n, f.ElementAtOrDefault(i) ?? "")).ToDictionary(x => x.n, x => x.Item2))];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).Date;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Rows_trades_and_statistics_of_a_walk_forward_are_those_of_one_account(int seed)
    {
        var random = new Random(seed);
        var markets = Markets(random);
        var spec = Batch(random);
        var (run, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Threads = 2, Validation = false }, null,
            TestContext.Current.CancellationToken);
        var rows = Csv(Path.Combine(run.Folder, "equity.csv"))
            .ConvertAll(r => new Row(Time(r["time"]), Number(r["equity"]), Number(r["cash"]), Number(r["exposure"])));
        var trades = Csv(Path.Combine(run.Folder, "portfolio_trades.csv"))
            .ConvertAll(t => new TradeRow(t["symbol"], t["side"] == "long" ? 1 : -1, Number(t["quantity"]),
            Time(t["entry_time"]), Number(t["entry_price"]), Time(t["exit_time"]), Number(t["commission"]), Number(t["pnl_net"]),
            t["exit_reason"]));
        trades.Count.ShouldBeGreaterThan(10);

        // A row for each day on which a market of the batch has a bar, and none besides.
        var first = new DateTime(outcome.Windows[0].At);
        var end = new DateTime(outcome.Windows[^1].To);
        rows.Select(r => r.Time).ShouldBe(markets.Values.SelectMany(m => m.Keys).Distinct().Where(d => d >= first && d < end).Order());
        Account(rows, trades, markets);

        var stats = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Folder, "results.json"))).RootElement.GetProperty("portfolio")
            .GetProperty("stats");
        Statistics(stats, rows, trades);
    }

    private static void Account(List<Row> rows, List<TradeRow> trades, Dictionary<string, SortedDictionary<DateTime, double>> markets)
    {
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            foreach (var (symbol, closes) in markets)
                if (closes.TryGetValue(row.Time, out var close))
                    last[symbol] = close;
            var (cash, marks, exposure) = (Cash, 0.0, 0.0);
            foreach (var t in trades.Where(t => t.Entry <= row.Time))
            {
                if (t.Reason != "open" && t.Exit <= row.Time)
                {
                    cash += t.Net;
                    continue;
                }
                var entry = t.Quantity * t.EntryPrice;
                cash -= t.Side * entry + entry * CommissionPercent / 100;
                marks += t.Side * t.Quantity * last[t.Symbol];
                exposure += t.Quantity * last[t.Symbol];
            }
            row.Cash.ShouldBe(cash, 1e-6, row.Time.ToString(CultureInfo.InvariantCulture));
            row.Exposure.ShouldBe(exposure, 1e-6);
            row.Equity.ShouldBe(cash + marks, 1e-6);
        }
        var open = trades.Where(t => t.Reason == "open").ToList();
        (Cash + trades.Where(t => t.Reason != "open").Sum(t => t.Net) + open.Sum(t => t.Net)).ShouldBe(rows[^1].Equity, 1e-6);
    }

    private static void Statistics(JsonElement stats, List<Row> rows, List<TradeRow> trades)
    {
        double Of(string name) => stats.GetProperty(name).GetDouble();
        var closed = trades.Where(t => t.Reason != "open").ToList();
        Of("trades").ShouldBe(closed.Count);
        Of("netProfit").ShouldBe(closed.Sum(t => t.Net), 1e-6);
        Of("expectancy").ShouldBe(closed.Average(t => t.Net), 1e-6);
        Of("winRate").ShouldBe(closed.Count(t => t.Net > 0) / (double)closed.Count, 1e-12);
        Of("commission").ShouldBe(trades.Sum(t => t.Commission), 1e-6);
        Of("finalEquity").ShouldBe(rows[^1].Equity, 1e-9);
        Of("totalReturn").ShouldBe(rows[^1].Equity / Cash - 1, 1e-12);
        Of("exposure").ShouldBe(rows.Count(r => r.Exposure > 0) / (double)rows.Count, 1e-12);
        Of("periodsPerYear").ShouldBe(252);
        Of("periods").ShouldBe(rows.Count, 1);
        var returns = rows.Skip(1).Select((r, i) => r.Equity / rows[i].Equity - 1).ToList();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Count - 1));
        Of("volatility").ShouldBe(deviation * Math.Sqrt(252), 1e-4);
        Of("sharpe").ShouldBe(mean / deviation * Math.Sqrt(252), 1e-2);
    }
}
