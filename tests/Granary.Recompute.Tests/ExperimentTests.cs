using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What <c>experiment</c> says a model was worth follows from the trades of a run with that model.</summary>
public sealed class ExperimentTests
{
    private const int Resamples = 4_000;

    [Theory]
    [InlineData("""{ "rule": "gate", "buyAbove": 0.6, "sellBelow": 0.4 }""", "expectancy", "sharpe", "sortino")]
    [InlineData("""{ "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 }""", "sortino")]
    [InlineData("""{ "rule": "veto", "below": 0.45 }""", "sortino")]
    [InlineData("""{ "rule": "size", "from": 0.4, "full": 0.65 }""", "sharpe")]
    public async Task Worth_of_a_model_follows_from_the_trades_with_it_and_without_it(string apply, params string[] figures)
    {
        using var folder = new TemporaryFolder();
        var given = JsonNode.Parse(File.ReadAllText(new LearningBatch().Write(folder, "given.json", "equal", isStressed: false)))!;
        var learning = given["learning"]![0]!;
        learning["apply"] = JsonNode.Parse(apply);
        await GranaryCommand.RunAsync("backtest", folder.Write("batch.json", given.ToJsonString()), "--out", folder.File("run"),
            "--quiet", "--no-guards");
        var trades = JudgedTrade.Of(new RunFiles(folder.File("run")), _ => TimeSpan.FromDays(1)).SelectMany(t => t).ToList();
        trades.Count(t => t.Size is > 0 and < 1 || t.Size == 0).ShouldBeInRange(1, trades.Count - 1, "the rule changes some of the trades");

        foreach (var fitness in figures)
        {
            learning["experiment"] = new JsonObject { ["trainers"] = new JsonArray("logistic"), ["fitness"] = fitness };
            var output = await GranaryCommand.RunAsync("experiment", folder.Write("batch.json", given.ToJsonString()), "--json");
            var worth = JsonDocument.Parse(output).RootElement.EnumerateArray().ShouldHaveSingleItem().GetProperty("worth");
            var (without, with) = Check(worth, fitness, trades);
            CheckInterval(worth, fitness, without, with);
        }
    }

    private static IReadOnlyList<string> Models => ["naive-bayes", "logistic(c=1)"];

    [Fact]
    public async Task A_search_chooses_by_the_trades_of_its_inner_windows_and_is_judged_by_those_of_the_outer_ones()
    {
        using var folder = new TemporaryFolder();
        var batch = new LearningBatch();
        var given = JsonNode.Parse(File.ReadAllText(batch.Write(folder, "given.json", "equal", isStressed: false)))!;
        var learning = given["learning"]![0]!;
        var strategies = given["strategies"]!.AsArray();
        strategies.RemoveAt(1);
        strategies[0]!["params"] = new JsonObject { ["fast"] = 3, ["slow"] = 12 };
        learning["experiment"] = JsonNode.Parse("""
            { "fitness": "sortino", "search": { "trainers": ["naive-bayes", { "name": "logistic", "params": { "c": [1] } }],
              "windows": 2, "budget": 1000 } }
            """);
        var output = await GranaryCommand.RunAsync("experiment", folder.Write("search.json", given.ToJsonString()), "--json");
        var unit = JsonDocument.Parse(output).RootElement.GetProperty("units").EnumerateArray().ShouldHaveSingleItem();
        learning.AsObject().Remove("experiment");

        await CheckOuterAsync(folder, given, unit);
        await CheckFirstChoiceAsync(folder, given, batch.Markets.Bars["AAA"], unit.GetProperty("windows")[0]);
    }

    // What the choices were worth: of each window the trades of the model that was chosen for it.
    private static async Task CheckOuterAsync(TemporaryFolder folder, JsonNode given, JsonElement unit)
    {
        var windows = unit.GetProperty("windows").EnumerateArray().ToList();
        var byModel = new Dictionary<string, List<JudgedTrade>>();
        foreach (var model in Models) byModel[model] = await TradesAsync(folder, given, model, "whole");
        var outer = windows.SelectMany((w, i) => byModel[w.GetProperty("model").GetString()!].Where(t =>
            t.Known >= Time(w, "from") && (i + 1 == windows.Count || t.Known < Time(windows[i + 1], "from")))).ToList();
        outer.Count.ShouldBeGreaterThan(20);
        Check(unit.GetProperty("worth")[0].GetProperty("worth"), "sortino", outer);
    }

    // As if the market had ended where the first test begins.
    private static async Task CheckFirstChoiceAsync(TemporaryFolder folder, JsonNode given, List<MarketBar> bars, JsonElement first)
    {
        var from = Time(first, "from");
        MarketBar.Write(folder.File("data/AAA.csv"), bars.Where(b => b.Time.AddDays(1) <= from));
        var samples = first.GetProperty("trainSamples").GetInt32();
        given["learning"]![0]!["walkForward"] = new JsonObject
        {
            ["window"] = "expanding",
            ["train"] = samples / 2,
            ["test"] = (samples - samples / 2 + 1) / 2,
        };
        var half = bars.FindIndex(b => b.Time.AddDays(1) == Time(first, "trainFrom")) + samples / 2 + (samples - samples / 2) / 2;
        var second = bars[half].Time.AddDays(1);
        var (firstRung, whole) = (new Dictionary<string, double>(), new Dictionary<string, double>());
        foreach (var model in Models)
        {
            var trades = await TradesAsync(folder, given, model, "first");
            firstRung[model] = Sortino([.. trades.Where(t => t.Known < second)]);
            whole[model] = Sortino(trades);
        }
        // The better one on the first inner window is the only one left for both.
        var chosen = first.GetProperty("model").GetString()!;
        chosen.ShouldBe(firstRung.MaxBy(m => m.Value).Key);
        first.GetProperty("inner").GetDouble().ShouldBe(whole[chosen], 1e-9);
    }

    private static async Task<List<JudgedTrade>> TradesAsync(TemporaryFolder folder, JsonNode given, string model, string name)
    {
        var run = folder.File($"{name} {model}");
        var learning = given["learning"]![0]!;
        learning["trainer"] = model.Split('(')[0];
        learning["params"] = model.EndsWith(")", StringComparison.Ordinal) ? new JsonObject { ["c"] = 1 } : [];
        await GranaryCommand.RunAsync("backtest", folder.Write("batch.json", given.ToJsonString()), "--out", run, "--quiet",
            "--no-guards");
        return [.. JudgedTrade.Of(new RunFiles(run), _ => TimeSpan.FromDays(1)).SelectMany(t => t)];
    }

    private static double Sortino(List<JudgedTrade> trades)
    {
        var begin = trades.Min(t => t.ExitTime.Date);
        var days = new DaySum[(int)(trades.Max(t => t.ExitTime.Date) - begin).TotalDays + 1];
        foreach (var trade in trades.Where(t => t.Size > 0))
        {
            ref var day = ref days[(int)(trade.ExitTime.Date - begin).TotalDays];
            day = day.Plus(trade.Size * trade.Return);
        }
        return Figure("sortino", days);
    }

    private static DateTime Time(JsonElement window, string name) => window.GetProperty(name).GetDateTime().ToUniversalTime();

    private static (DaySum[] Without, DaySum[] With) Check(JsonElement worth, string fitness, List<JudgedTrade> trades)
    {
        var taken = trades.Where(t => t.Size > 0).ToList();
        var (first, last) = (trades.Min(t => t.ExitTime.Date), trades.Max(t => t.ExitTime.Date));
        var days = (int)(last - first).TotalDays + 1;
        var (without, with) = (new DaySum[days], new DaySum[days]);
        foreach (var trade in trades)
        {
            var day = (int)(trade.ExitTime.Date - first).TotalDays;
            without[day] = without[day].Plus(trade.Return);
            if (trade.Size > 0) with[day] = with[day].Plus(trade.Size * trade.Return);
        }
        worth.GetProperty("fitness").GetString().ShouldBe(fitness);
        worth.GetProperty("days").GetInt32().ShouldBe(days);
        worth.GetProperty("trades").GetInt32().ShouldBe(trades.Count);
        worth.GetProperty("taken").GetInt32().ShouldBe(taken.Count);
        worth.GetProperty("without").GetDouble().ShouldBe(Figure(fitness, without), 1e-9);
        worth.GetProperty("with").GetDouble().ShouldBe(Figure(fitness, with), 1e-9);
        worth.GetProperty("costWithout").GetDouble().ShouldBe(trades.Sum(Cost), 1e-9);
        worth.GetProperty("costWith").GetDouble().ShouldBe(taken.Sum(t => t.Size * Cost(t)), 1e-9);
        return (without, with);
    }

    private static void CheckInterval(JsonElement worth, string fitness, DaySum[] without, DaySum[] with)
    {
        var (random, days) = (new Random(7), with.Length);
        var differences = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            var counts = Resample.Counts(days, Math.Cbrt(days), random);
            DaySum[] Drawn(DaySum[] sums) => [.. sums.SelectMany((day, d) => Enumerable.Repeat(day, (int)counts[d]))];
            differences[i] = Figure(fitness, Drawn(with)) - Figure(fitness, Drawn(without));
        }
        Array.Sort(differences);
        var (low, high) = (differences[Resamples / 40], differences[^(Resamples / 40)]);
        // Another generator and other samples: the ends of 1,000 samples vary by about 2 % of the interval's width.
        var tolerance = 0.1 * (high - low);
        worth.GetProperty("low").GetDouble().ShouldBe(low, tolerance);
        worth.GetProperty("high").GetDouble().ShouldBe(high, tolerance);
    }

    // A commission of each side is a part of its notional; without it the trade's return gives the exit's share of the entry.
    private static double Cost(JudgedTrade trade)
    {
        var c = LearningBatch.Commission;
        var exit = trade.Sign > 0 ? (1 + c + trade.Return) / (1 - c) : (1 - c - trade.Return) / (1 + c);
        return c * (1 + exit);
    }

    private static double Figure(string fitness, DaySum[] days)
    {
        double[] returns = [.. days.Select(d => d.Return)];
        var mean = returns.Average();
        return fitness switch
        {
            "expectancy" => returns.Sum() / days.Sum(d => d.Trades),
            "sharpe" => Math.Sqrt(365) * mean / CurveFigures.Deviation(returns),
            _ => Math.Sqrt(365) * mean / Math.Sqrt(returns.Average(r => Math.Min(r, 0) * Math.Min(r, 0))),
        };
    }

    private readonly record struct DaySum(double Return, int Trades)
    {
        public DaySum Plus(double profit) => new(Return + profit, Trades + 1);
    }
}
