using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Granary.Cli.Tests;

/// <summary>What <c>granary track</c> found, traded by ordinary orders: <c>IndexReplica</c>.</summary>
public sealed class ReplicaTests
{
    private static readonly string[] s_names = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"];

    [Fact]
    public async Task A_replica_of_track_that_trades_without_costs_has_the_return_of_the_fitted_one()
    {
        using var folder = new TestFolder();
        var returns = Markets(folder, 500);
        var track = await Run("track", "--universe", folder.At("names"), "--index", folder.At("index/IDX.csv"), "--max-stocks", "3",
            "--non-negative", "--batch", folder.At("replica.json"), "--json");
        var weights = JsonDocument.Parse(track.Output).RootElement.GetProperty("weights").EnumerateObject()
            .ToDictionary(w => w.Name, w => w.Value.GetDouble());
        weights.Keys.Order().ShouldBe(["AAA", "CCC", "EEE"]);

        // Each bar opens at the last close, so that daily rebalances without costs leave rounding alone.
        var batch = File.ReadAllText(folder.At("replica.json")).Replace("\"commissionPercent\": 0.1", "\"commissionPercent\": 0")
            .Replace("\"params\": {", "\"params\": { \"every\": 1,");
        await Run("backtest", folder.Write("daily.json", batch), "--out", folder.At("daily"), "--quiet", "--no-guards");
        var fitted = Enumerable.Range(0, 500).Select(t => 0.95 * s_names.Select((n, i) =>
            weights.GetValueOrDefault(n) * returns[i][t]).Sum())
            .ToList();
        TrackingError(folder.At("daily"), fitted).ShouldBeLessThan(1e-9);

        // Rebalanced monthly and with costs it is near, but not the same.
        await Run("backtest", folder.At("replica.json"), "--out", folder.At("monthly"), "--quiet", "--no-guards");
        TrackingError(folder.At("monthly"), fitted).ShouldBeInRange(1e-6, 5e-3);
        Stat(folder.At("monthly"), "correlation").ShouldBeGreaterThan(0.99);
        File.ReadLines(folder.At("monthly/portfolio_trades.csv")).Count().ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_replica_that_fits_its_weights_itself_sees_no_later_bar_and_goes_through_batch_walk_forward_and_live()
    {
        using var folder = new TestFolder();
        Markets(folder, 500);
        File.Copy(folder.At("index/IDX.csv"), folder.At("names/IDX.csv"));
        var batch = folder.Write("fit.json", """
            { "name": "fit", "data": { "source": "csv:names", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "IndexReplica", "params": { "index": "IDX", "names": [1, 3], "window": 60, "every": 20 },
                "size": { "percentOfEquity": 100 } }],
              "portfolio": { "weights": "equal" }, "benchmark": "IDX",
              "walkForward": { "inSample": "6mo", "outOfSample": "3mo", "objective": "sharpe" } }
            """);
        await Run("backtest", batch, "--out", folder.At("run"), "--quiet");
        var trades = File.ReadAllLines(folder.At("run/trades.csv")).Skip(1).ToList();
        trades.ShouldNotContain(t => t.Contains(",IDX,", StringComparison.Ordinal), "the index itself is not traded");
        trades.Count.ShouldBeGreaterThan(10);
        // The three names of the index are found, and the replica earns nearly what the index earns.
        var three = Results(folder.At("run")).GetProperty("strategies").EnumerateArray()
            .Single(s => s.GetProperty("id").GetString()!.Contains("names=3", StringComparison.Ordinal));
        three.GetProperty("stats").GetProperty("totalReturn").GetDouble().ShouldNotBe(0);
        (await GranaryCall.RunAsync("verify", folder.At("run"), "--cuts", "6")).ExitCode.ShouldBe(0, "no look-ahead");

        await Run("walkforward", batch, "--out", folder.At("windows"), "--quiet", "--no-guards");
        Results(folder.At("windows")).GetProperty("walkForward").GetProperty("windows").GetInt32().ShouldBeGreaterThan(1);

        await Run("live", folder.At("run/prod.json"), "--feed", "csv:" + folder.At("names"), "--broker", "paper", "--without-evidence",
            "--out", folder.At("live"), "--quiet");
        Results(folder.At("live")).GetProperty("digest").GetString().ShouldBe(Results(folder.At("run")).GetProperty("digest").GetString());
    }

    [Fact]
    public async Task A_replica_without_an_index_or_prices_is_refused_with_a_sentence()
    {
        using var folder = new TestFolder();
        Markets(folder, 100);
        foreach (var (parameters, sentence) in new[]
        {
            ("{}", "it needs the parameter 'index' or 'weights'"), ("{ \"index\": \"NONE\" }", "the index 'NONE' is not among its symbols"),
            ("{ \"weights\": \"GGG:1\" }", "'GGG' has a weight and is not among its symbols"),
            ("{ \"weights\": \"AAA=1\" }", "the weight 'AAA=1' is not written as SYMBOL:NUMBER"),
        })
        {
            var batch = folder.Write("batch.json", $$"""
                { "data": { "source": "csv:names", "symbols": "*", "timeframe": "1d" },
                  "strategies": [{ "class": "IndexReplica", "params": {{parameters}} }] }
                """);
            var call = await GranaryCall.RunAsync("backtest", batch, "--out", folder.At("refused"), "--quiet");
            call.ExitCode.ShouldNotBe(0);
            call.Error.ShouldContain(sentence);
        }
        folder.Write("panel.csv", "date,A,IDX\n2020-01-01,0.1,0.1\n2020-01-02,0.2,0.2\n2020-01-03,0.1,0.1\n");
        var panel = await GranaryCall.RunAsync("track", "--panel", folder.At("panel.csv"), "--index", "IDX", "--max-stocks", "1", "--batch",
            folder.At("replica.json"));
        (panel.ExitCode, panel.Error).ShouldBe((2,
            "granary: --batch: a panel has no bars to trade; give --universe DIR and a bar file as --index\n"));
    }

    // Six names; the index is three of them, rebalanced at each close. Returns by name and day.
    private static double[][] Markets(TestFolder folder, int days)
    {
        var random = new Random(5);
        var returns = s_names.Select(_ => Enumerable.Range(0, days)
            .Select(_ => 0.0003 + 0.02 * (random.NextDouble() + random.NextDouble() - 1)).ToArray()).ToArray();
        for (var i = 0; i < s_names.Length; i++) folder.Write($"names/{s_names[i]}.csv", Bars(returns[i]));
        folder.Write("index/IDX.csv", Bars([.. Enumerable.Range(0, days)
            .Select(t => 0.5 * returns[0][t] + 0.3 * returns[2][t] + 0.2 * returns[4][t])]));
        return returns;
    }

    private static string Bars(double[] returns)
    {
        var (price, text) = (100.0, new StringBuilder("date,open,high,low,close,volume\n"));
        for (var t = 0; t < returns.Length; t++)
        {
            var open = price;
            price *= 1 + returns[t];
            text.Append(CultureInfo.InvariantCulture,
                $"{new DateTime(2018, 1, 1).AddDays(t):yyyy-MM-dd},{open:R},{Math.Max(open, price):R},")
                .Append(CultureInfo.InvariantCulture, $"{Math.Min(open, price):R},{price:R},1000000\n");
        }
        return text.ToString();
    }

    // Deviation of the difference of daily returns, from the first day on which all is held.
    private static double TrackingError(string run, List<double> fitted)
    {
        var equity = File.ReadLines(Path.Combine(run, "equity.csv")).Skip(1)
            .Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)).ToList();
        var differences = Enumerable.Range(5, equity.Count - 5).Select(t => equity[t] / equity[t - 1] - 1 - fitted[t]).ToList();
        var mean = differences.Average();
        return Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Count - 1));
    }

    private static async Task<GranaryProcess> Run(params string[] call)
    {
        var run = await GranaryCall.RunAsync(call);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }

    private static JsonElement Results(string run) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "results.json"))).RootElement;

    private static double Stat(string run, string key) =>
        Results(run).GetProperty("portfolio").GetProperty("stats").GetProperty(key).GetDouble();
}
