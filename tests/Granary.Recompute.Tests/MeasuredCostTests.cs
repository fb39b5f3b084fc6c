using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Pages;
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
        Page();
    }

    // The tables of the page show the figures of costs.json, which are computed again.
    private void Page()
    {
        var check = new PageCheck(ReportPage.Read(_folder.File("costs.html")));
        foreach (var model in JsonDocument.Parse(File.ReadAllText(_folder.File("costs.json"))).RootElement.GetProperty("models")
            .EnumerateArray())
        {
            check.Table("Cost by side and venue", [Line(model, model.GetProperty("pool"), ("Side", "both"), ("Venue", "all")),
                .. List(model, "sides").Select(s => Line(s, s.GetProperty("cost"), ("Side", Text(s, "side")), ("Venue", "all"))),
                .. List(model, "cells").Select(s => Line(s, s.GetProperty("cost"), ("Side", Text(s, "side")),
                    ("Venue", Text(s, "venue"))))]);
            foreach (var (key, scale) in new[] { ("size", 1e4), ("volatility", 1.0) })
                check.Table("Mean of fills by", [.. List(model.GetProperty(key), "bins").Select(b => new Cells
                {
                    ["From"] = scale * Number(b, "from"),
                    ["To"] = scale * Number(b, "to"),
                    ["Fills"] = Number(b, "fills"),
                    ["Mean, basis points"] = Number(b, "mean"),
                })]);
            check.Table("More or less than the mean of all fills", [.. List(model, "hours").Select(h => Line(h, h.GetProperty("cost"),
                ("Hour", $"{Number(h, "hour"):00}:00")))]);
            check.Table("Effects of size and volatility", [.. new[] { ("size", "root of quantity over the bar’s volume"),
                ("volatility", "range of the bar, basis points") }.Select(m => (Measure: model.GetProperty(m.Item1), Name: m.Item2))
                .Select(m => Effect(m.Measure, m.Name))]);
        }
        check.Differences.ShouldBeEmpty();
    }

    private static IEnumerable<JsonElement> List(JsonElement owner, string key) => owner.GetProperty(key).EnumerateArray();

    private static double Number(JsonElement owner, string key) => owner.GetProperty(key).GetDouble();

    private static string Text(JsonElement owner, string key) => owner.GetProperty(key).GetString()!;

    private static Cells Line(JsonElement line, JsonElement cost, params (string Column, string Text)[] names)
    {
        var cells = Interval(cost);
        foreach (var (column, text) in names) cells[column] = text;
        cells["Fills"] = Number(line, "fills");
        cells["Mean of fills"] = Number(line, "raw");
        // The pool and its sides are drawn to nothing.
        cells["To the pool"] = line.TryGetProperty("shrinkage", out var share) && share.GetDouble() is > 0 and var drawn ? drawn
            : double.NaN;
        return cells;
    }

    private static Cells Effect(JsonElement measure, string name)
    {
        var cells = Interval(measure.GetProperty("cost"));
        cells["Measure"] = name;
        cells["Mean of the measure"] = Number(measure, "center");
        cells["Effect"] = cells["Cost"];
        return cells;
    }

    private static Cells Interval(JsonElement cost) => new()
    {
        ["Cost"] = Number(cost, "mean"),
        ["Low"] = Number(cost, "low"),
        ["High"] = Number(cost, "high"),
        ["Upper"] = Number(cost, "upper"),
    };

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
