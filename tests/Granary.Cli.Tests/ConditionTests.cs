using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Cli.Tests;

/// <summary>Profit by condition: a condition that earns is found, judged on later trades and traded by <c>weights: regime</c>.</summary>
public sealed class ConditionTests
{
    [Fact]
    public async Task A_planted_condition_is_found_holds_and_becomes_weights_by_regime()
    {
        using var folder = new TestFolder();
        folder.Write("bars/ACME.csv", Market(rise: 0.002));
        var batch = folder.Write("batch.json", Batch);
        (await GranaryCall.RunAsync("backtest", batch, "--out", folder.At("run"), "--quiet", "--no-guards")).ExitCode.ShouldBe(0);

        var section = Conditions(folder.At("run"));
        section.GetProperty("tried").GetInt32().ShouldBeGreaterThan(5);
        var best = section.GetProperty("tests")[0];
        (best.GetProperty("condition").GetString(), best.GetProperty("value").GetString(), best.GetProperty("outcome").GetString())
            .ShouldBe(("volatility", "low", "held"));
        best.GetProperty("adjusted").GetDouble().ShouldBe(
            Math.Min(1, best.GetProperty("pValue").GetDouble() * section.GetProperty("tried").GetInt32()), 1e-12);
        File.ReadAllText(folder.At("run/report.html")).ShouldContain("To weigh strategies by these states");

        // The suggestion is a batch's own text.
        var merged = JsonNode.Parse(Batch)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(section.GetProperty("suggestion").GetString()!)!.AsObject())
            merged[key] = value!.DeepClone();
        var second = folder.Write("second.json", merged.ToJsonString());
        var call = await GranaryCall.RunAsync("backtest", second, "--out", folder.At("second"), "--quiet", "--no-guards");
        call.ExitCode.ShouldBe(0, call.Error);
        Total(folder.At("second")).ShouldBeGreaterThan(Total(folder.At("run")));
    }

    [Fact]
    public async Task Where_nothing_is_planted_no_condition_is_suggested_and_outputs_can_leave_the_file_out()
    {
        using var folder = new TestFolder();
        folder.Write("bars/ACME.csv", Market(rise: 0));
        await GranaryCall.RunAsync("backtest", folder.Write("batch.json", Batch), "--out", folder.At("run"), "--quiet", "--no-guards");
        var section = Conditions(folder.At("run"));
        section.GetProperty("held").GetInt32().ShouldBe(0);
        section.TryGetProperty("suggestion", out _).ShouldBeFalse();
        File.ReadLines(folder.At("run/conditions.csv")).Count().ShouldBeGreaterThan(10);

        var bare = folder.Write("bare.json", Batch.Replace("\"seed\": 1", "\"outputs\": [\"results\", \"trades\"]"));
        await GranaryCall.RunAsync("backtest", bare, "--out", folder.At("bare"), "--quiet", "--no-guards");
        File.Exists(folder.At("bare/conditions.csv")).ShouldBeFalse();
        Digest(folder.At("bare")).ShouldBe(Digest(folder.At("run")));
    }

    private const string Batch = """
        { "name": "conditions", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d" },
          "strategies": [{ "class": "SmaCross", "params": { "fast": 2, "slow": 3 }, "sides": "long", "maxBars": 3,
            "size": { "percentOfEquity": 50 } }], "portfolio": { "weights": "equal" }, "seed": 1 }
        """;

    // Calm stretches of 60 days that rise, and wild ones between them that do not.
    private static string Market(double rise)
    {
        var (random, price, text) = (new Random(11), 100.0, new StringBuilder("date,open,high,low,close,volume\n"));
        for (var i = 0; i < 4000; i++)
        {
            var isCalm = i / 60 % 2 == 0;
            var open = price;
            price *= Math.Exp((isCalm ? rise : 0) + (isCalm ? 0.006 : 0.02) * (random.NextDouble() + random.NextDouble()
                + random.NextDouble() - 1.5));
            text.Append(CultureInfo.InvariantCulture,
                $"{new DateTime(2005, 1, 3).AddDays(i):yyyy-MM-dd},{open:R},{Math.Max(open, price):R},")
                .Append(CultureInfo.InvariantCulture, $"{Math.Min(open, price):R},{price:R},1000\n");
        }
        return text.ToString();
    }

    private static JsonElement Results(string run) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "results.json"))).RootElement;

    private static JsonElement Conditions(string run) => Results(run).GetProperty("conditions");

    private static string Digest(string run) => Results(run).GetProperty("digest").GetString()!;

    private static double Total(string run) => Results(run).GetProperty("portfolio").GetProperty("stats").GetProperty("sharpe").GetDouble();
}
