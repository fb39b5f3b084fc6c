using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Funding of random strategies at random rates follows from docs/perpetuals.md, the times of the fills and a table of rates alone: the
/// position before a time pays or receives quantity · mark price · rate.
/// </summary>
public class FundingTests
{
    private sealed record Rate(DateTime Time, double Fraction, double Mark);

    public static TheoryData<int> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_trade_the_account_and_the_report_have_the_funding_of_the_table(int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var (bars, rates) = (new Dictionary<string, List<MarketBar>>(), new Dictionary<string, List<Rate>>());
        foreach (var symbol in (string[])["AAAUSDT", "BBBUSDT"])
        {
            bars[symbol] = Hours(random, 1500);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), bars[symbol]);
            rates[symbol] = Rates(random, bars[symbol]);
        }
        Write(folder.File("funding.csv"), rates);
        var run = await RunAsync(folder, seed);

        var (sum, paid, received) = (0.0, 0.0, 0.0);
        foreach (var trade in run.PortfolioTrades())
        {
            var expected = 0.0;
            foreach (var rate in rates[trade.Symbol])
            {
                // All orders fill at opens of bars: a trade is held after that of its entry and up to that of its exit.
                if (rate.Time <= trade.EntryTime || rate.Time > trade.ExitTime && !trade.IsOpen
                    || rate.Time >= End(bars[trade.Symbol])) continue;
                var amount = -trade.Sign * trade.Quantity * PriceAt(bars[trade.Symbol], rate) * rate.Fraction;
                expected += amount;
                if (amount < 0) paid -= amount;
                else received += amount;
            }
            trade.Financing.ShouldBe(expected, 1e-7, $"{trade.Symbol} of {trade.EntryTime:s}");
            sum += expected;
        }
        sum.ShouldNotBe(0);
        Number(run.PortfolioStats, "funding").ShouldBe(sum, 1e-6);
        Number(run.PortfolioStats, "carry").ShouldBe(sum, 1e-6);
        var funding = run.Results.GetProperty("funding");
        (Number(funding, "paid"), Number(funding, "received")).ShouldBe((paid, received), new Near(1e-6));
        var cash = 100_000 + run.PortfolioTrades().Sum(t => t.NetProfit);
        Number(run.PortfolioStats, "finalEquity").ShouldBe(cash, 1e-6);
    }

    private sealed class Near(double tolerance) : IEqualityComparer<(double A, double B)>
    {
        public bool Equals((double A, double B) x, (double A, double B) y) =>
            Math.Abs(x.A - y.A) < tolerance && Math.Abs(x.B - y.B) < tolerance;

        public int GetHashCode((double A, double B) value) => 0;
    }

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static DateTime End(List<MarketBar> bars) => bars[^1].Time.AddHours(1);

    // The mark price, else the open of the bar that trades at the time, else the last close.
    private static double PriceAt(List<MarketBar> bars, Rate rate)
    {
        if (!double.IsNaN(rate.Mark)) return rate.Mark;
        var bar = bars.Last(b => b.Time <= rate.Time);
        return rate.Time < bar.Time.AddHours(1) ? bar.Open : bar.Close;
    }

    // Hours with gaps of up to a day.
    private static List<MarketBar> Hours(Random random, int count)
    {
        var (time, price, bars) = (new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc), 100.0, new List<MarketBar>());
        for (var i = 0; i < count; i++)
        {
            var open = price * (1 + (random.NextDouble() - 0.5) * 0.004);
            price = open * (1 + (random.NextDouble() - 0.5) * 0.02);
            var (o, c) = (Math.Round(open, 2), Math.Round(price, 2));
            bars.Add(new MarketBar(time, o, Math.Max(o, c) + 0.1, Math.Min(o, c) - 0.1, c, 1_000));
            time = time.AddHours(random.Next(40) == 0 ? random.Next(2, 25) : 1);
        }
        return bars;
    }

    private static List<Rate> Rates(Random random, List<MarketBar> bars)
    {
        var rates = new List<Rate>();
        for (var at = bars[0].Time.AddHours(-8); at < bars[^1].Time.AddHours(24); at = at.AddMinutes(random.Next(1, 9) * 30))
            rates.Add(new Rate(at, Math.Round((random.NextDouble() - 0.45) * 0.002, 8), random.Next(3) == 0
                ? Math.Round(90 + random.NextDouble() * 20, 2) : double.NaN));
        return rates;
    }

    private static void Write(string path, Dictionary<string, List<Rate>> rates)
    {
        var text = new StringBuilder("time,symbol,rate,mark\n");
        foreach (var (symbol, own) in rates)
            foreach (var (time, rate, mark) in own)
                text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ssZ},{symbol},{rate:R},")
                    .Append(double.IsNaN(mark) ? "" : mark.ToString(CultureInfo.InvariantCulture)).Append('\n');
        File.WriteAllText(path, text.ToString());
    }

    private static async Task<RunFiles> RunAsync(TemporaryFolder folder, int seed)
    {
        var batch = new JsonObject
        {
            ["name"] = $"funding-{seed}",
            ["data"] = new JsonObject { ["source"] = "csv:data", ["symbols"] = "*", ["timeframe"] = "1h", ["funding"] = "funding.csv" },
            ["account"] = new JsonObject { ["cash"] = 100_000 },
            ["execution"] = new JsonObject { ["commissionPercent"] = 0.02 },
            ["strategies"] = JsonNode.Parse("""
                [{ "class": "SmaCross", "params": { "fast": [3, 8], "slow": [20, 50] }, "size": { "cash": 5000 } },
                 { "class": "RsiReversion", "params": { "period": 5, "low": 30, "high": 70 }, "size": { "cash": 5000 }, "maxBars": 30 }]
                """),
            ["portfolio"] = new JsonObject { ["weights"] = "equal" },
            ["outputs"] = "all",
        };
        await GranaryCommand.RunAsync("backtest", folder.Write($"funding-{seed}.json", batch.ToJsonString()), "--out", folder.File("run"),
            "--quiet", "--no-guards");
        return new RunFiles(folder.File("run"));
    }
}
