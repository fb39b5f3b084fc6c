using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Every figure of costs.json is computed again by <c>Figures/costs.py</c>, and the prices of a run with it by
/// <c>Figures/measured_trades.py</c>: numpy, scipy.
/// </summary>
public sealed class MeasuredCostTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Figures_follow_from_the_fills()
    {
        SkipWithoutPython();
        var fills = _folder.Write("fills.csv", Fills(220, 17));
        await GranaryCommand.RunAsync("costs", "fit", fills, "--out", _folder.File("costs.json"), "--quiet");
        var answer = await ComputeAsync("costs.py", fills, _folder.File("costs.json"));
        answer.GetProperty("wrong").EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty();
        answer.GetProperty("compared").GetInt32().ShouldBeGreaterThan(500);
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("upper")]
    public async Task Prices_of_a_batch_follow_from_its_bars_and_measured_costs(string at)
    {
        SkipWithoutPython();
        var fills = _folder.Write("fills.csv", Fills(400, 18));
        await GranaryCommand.RunAsync("costs", "fit", fills, "--out", _folder.File("costs.json"), "--quiet");
        var bars = Repository.Sample("data/1h");
        var batch = JsonNode.Parse($$"""
            { "name": "measured", "data": { "source": "csv:{{bars}}", "symbols": "*", "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05, "costs": "costs.json", "at": "{{at}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 50 }, "size": { "percentOfEquity": 10 } } ],
              "portfolio": { "weights": "equal" } }
            """)!;
        await GranaryCommand.RunAsync("backtest", _folder.Write("batch.json", batch.ToJsonString()), "--out", _folder.File("run"),
            "--quiet", "--no-guards");
        var answer = await ComputeAsync("measured_trades.py", _folder.File("run"), bars, _folder.File("costs.json"), at);
        answer.GetProperty("wrong").EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty();
        answer.GetProperty("compared").GetInt32().ShouldBeGreaterThan(2_500);
        answer.GetProperty("slipped").GetInt32().ShouldBeGreaterThan(1_000);
    }

    // Over 13 days, with a thin venue, hours with gaps, and fills that cost less than nothing.
    private static string Fills(int count, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("time,symbol,side,quantity,price,open,decision_price,bid,ask,fee,venue,volume,range_bp,id\n");
        for (var i = 0; i < count; i++)
        {
            var hour = random.Next(3) switch { 0 => 9, 1 => 14, _ => 23 };
            var time = new DateTime(2025, 3, 1).AddDays(i * 13 / count).AddHours(hour).AddSeconds(random.Next(3_600));
            var side = random.Next(2) == 0 ? 1 : -1;
            var venue = random.NextDouble() < 0.04 ? "rare" : random.Next(2) == 0 ? "alpha" : "beta";
            var (open, volume, range) = (100 + 5 * random.NextDouble(), 500 + 500 * random.NextDouble(), 10 + 60 * random.NextDouble());
            var quantity = volume * (0.001 + 0.1 * random.NextDouble());
            var points = 3 * Math.Sqrt(quantity / volume) + 0.1 * range + (venue == "beta" ? 3 : 0) + 6 * (random.NextDouble() - 0.6);
            var price = open * (1 + side * points / 1e4);
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss}Z,AAA,{(side > 0 ? "buy" : "sell")},{quantity:R},")
                .Append(CultureInfo.InvariantCulture, $"{price:R},{open:R},{open * (1 + 0.001 * (random.NextDouble() - 0.5)):R},")
                .Append(CultureInfo.InvariantCulture, $"{open * 0.9998:R},{open * 1.0003:R},{price * quantity * 0.0007:R},{venue},")
                .Append(CultureInfo.InvariantCulture, $"{volume:R},{range:R},F{i}\n");
        }
        return text.ToString();
    }

    private static async Task<JsonElement> ComputeAsync(string script, params string[] arguments)
    {
        var path = Path.Combine(Repository.Root, "tests", "Granary.Recompute.Tests", "Figures", script);
        using var process = Process.Start(new ProcessStartInfo(Python, [path, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return JsonDocument.Parse(answer).RootElement;
    }

    private static void SkipWithoutPython()
    {
        var has = false;
        if (File.Exists(Python))
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import numpy, scipy"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            has = process.ExitCode == 0;
        }
        Assert.SkipUnless(has, $"{Python} with numpy and scipy is missing: apt-get install python3-numpy python3-scipy");
    }
}
