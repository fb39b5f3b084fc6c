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

    // The rule that an experiment takes for a model of the direction.
    private static readonly JsonObject Gate = new() { ["rule"] = "gate", ["buyAbove"] = 0.6, ["sellBelow"] = 0.4 };

    [Fact]
    public async Task Worth_of_a_model_follows_from_the_trades_with_it_and_without_it()
    {
        using var folder = new TemporaryFolder();
        var given = JsonNode.Parse(File.ReadAllText(new LearningBatch().Write(folder, "given.json", "equal", isStressed: false)))!;
        var learning = given["learning"]![0]!;
        learning["apply"] = Gate.DeepClone();
        await GranaryCommand.RunAsync("backtest", folder.Write("batch.json", given.ToJsonString()), "--out", folder.File("run"),
            "--quiet", "--no-guards");
        var trades = JudgedTrade.Of(new RunFiles(folder.File("run")), _ => TimeSpan.FromDays(1)).SelectMany(t => t).ToList();
        trades.Count(t => t.Size > 0).ShouldBeInRange(1, trades.Count - 1, "the model takes some trades and refuses others");

        foreach (var fitness in new[] { "expectancy", "sharpe", "sortino" })
        {
            learning["experiment"] = new JsonObject { ["trainers"] = new JsonArray("logistic"), ["fitness"] = fitness };
            var output = await GranaryCommand.RunAsync("experiment", folder.Write("batch.json", given.ToJsonString()), "--json");
            var worth = JsonDocument.Parse(output).RootElement.EnumerateArray().ShouldHaveSingleItem().GetProperty("worth");
            Check(worth, fitness, trades);
        }
    }

    private static void Check(JsonElement worth, string fitness, List<JudgedTrade> trades)
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

        var random = new Random(7);
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

    // A commission of each side is a part of its notional; without it the trade's return tells the exit's share of the entry.
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
