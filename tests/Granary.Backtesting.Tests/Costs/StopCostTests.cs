using System.Globalization;
using System.Text;
using Granary.Backtesting.Costs;
using Granary.Backtesting.Runs;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Costs;

/// <summary>What stop orders cost, measured and in a batch.</summary>
public sealed class StopCostTests : IDisposable
{
    private const double AtMarket = 3, OfBuyStops = 9, OfSellStops = 14;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-stops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A batch charges each fill at the open of its own bar.
    [Fact]
    public void A_rest_that_fills_in_a_later_bar_is_measured_against_the_open_of_that_bar()
    {
        Bar[] bars = [.. Enumerable.Range(0, 4)
            .Select(i => new Bar(new DateTime(2024, 1, 1, 0, i, 0).Ticks, 100 + i, 105, 95, 100.5 + i, 1))];
        MeasuredFill At(int bar) => new MeasuredFill(bars[bar].Time, "A", Side.Buy, 1, bars[bar].Open * 1.0002, "paper")
        {
            DecidedAt = bars[1].Time,
        }.With(bars, Timeframe.M1, out _);
        (At(1).Open, At(2).Open, At(3).Open).ShouldBe((101, 102, 103));
        (At(1).Close, At(3).Close).ShouldBe((100.5, 100.5));
    }

    [Fact]
    public void Planted_costs_of_stops_lie_within_their_intervals_whatever_market_orders_cost()
    {
        // By the confidence of 99 % one in a hundred misses; of 100 seeds each figure may miss five times.
        var seeds = TestEffort.Of(2, 100);
        var misses = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < seeds; seed++)
        {
            var (set, truth) = Planted(seed);
            var model = CostStudy.Of(set, ["test"]).Models.Single(m => m.Reference == "stop");
            model.Fills.ShouldBe(600);
            foreach (var cell in model.Cells) Count($"{cell.Side} at {cell.Venue}", cell.Cost, truth[(cell.Side, cell.Venue!)]);
            Count("pool", model.Pool, model.Cells.Sum(c => c.Fills * truth[(c.Side, c.Venue!)]) / model.Fills);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", misses.Select(m => $"{m.Key}: {m.Value}")));
        misses.Count.ShouldBe(5);
        misses.Where(m => m.Value > Math.Max(1, seeds * 5 / 100)).ShouldBeEmpty();

        void Count(string name, CostFigure cost, double planted) => misses[name] = misses.GetValueOrDefault(name)
            + (cost.Low <= planted && planted <= cost.High ? 0 : 1);
    }

    // Stops at two venues over 40 days, a third of them in bars that opened beyond the trigger, and cheaper fills of market orders.
    private static (FillSet Set, Dictionary<(string, string), double> Truth) Planted(int seed)
    {
        var (random, set) = (new Random(seed), new FillSet());
        var truth = new Dictionary<(string, string), double>
        {
            [("buy", "alpha")] = 8,
            [("buy", "beta")] = 12,
            [("sell", "alpha")] = 10,
            [("sell", "beta")] = 17,
        };
        for (var i = 0; i < 1_000; i++)
        {
            var (side, venue, isStop) = (random.Next(2) == 0 ? Side.Buy : Side.Sell, random.NextDouble() < 0.8 ? "alpha" : "beta",
                i % 5 < 3);
            var sign = (int)side;
            var open = new DateTime(2025, 3, 1).AddDays(i % 40).AddHours(random.Next(24)).Ticks;
            var isGap = isStop && random.Next(3) == 0;
            // The market opens 50 points on the one or the other side of the trigger at 100.
            var bar = new Bar(open, 100 * (1 + sign * (isGap ? 50 : -50) / 1e4), 102, 98, 100, 1_000);
            var reference = isStop && !isGap ? 100 : bar.Open;
            var cost = (isStop ? truth[(side == Side.Buy ? "buy" : "sell", venue)] : 2) + 5 * Normal(random);
            set.Add(new MeasuredFill(open + TimeSpan.TicksPerMinute, "A", side, 10, reference * (1 + sign * cost / 1e4), venue)
            { Stop = isStop ? 100 : double.NaN }, [bar], Timeframe.H1);
        }
        return (set, truth);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    [Fact]
    public async Task A_batch_pays_the_costs_of_stops_at_stops_and_those_of_market_orders_elsewhere()
    {
        WriteCosts(withStops: true);
        var (with, folder, sentence) = await RunAsync("with");
        var bars = BarsOf("COINUSDT");
        var counts = new Dictionary<string, int>();
        foreach (var trade in CsvRows.Of(Path.Combine(folder, "trades.csv")))
        {
            var side = trade["side"] is "long" or "buy" ? Side.Buy : Side.Sell;
            var (entered, left) = (bars[trade["entry_time"]], bars[trade["exit_time"]]);
            var entry = Number(trade["entry_price"]);
            entry.ShouldBe(Paid(side, entered.Open, AtMarket, entered), 1e-9 * entry, trade["entry_time"]);
            var isSameBar = entered.Time == left.Time;
            var exit = Number(trade["exit_price"]);
            var closing = (Side)(-(int)side);
            var ofStop = closing == Side.Buy ? OfBuyStops : OfSellStops;
            var reason = trade["exit_reason"];
            counts[reason] = counts.GetValueOrDefault(reason) + 1;
            var expected = reason switch
            {
                "stop" => Stopped(entry * (1 - (int)side * 0.01)),
                "trailing-stop" => Stopped(TrailOf(side, entry, entered.Time, left.Time) * (1 - (int)side * 0.008)),
                "signal" => Paid(closing, left.Open, AtMarket, left),
                _ => exit,
            };
            exit.ShouldBe(expected, 1e-9 * exit, $"{reason} at {trade["exit_time"]}");

            double Stopped(double level)
            {
                var isGap = !isSameBar && (int)closing * (left.Open - level) > 0;
                return Paid(closing, isGap ? left.Open : level, ofStop, left);
            }
        }
        foreach (var reason in (string[])["stop", "trailing-stop", "signal"]) counts[reason].ShouldBeGreaterThan(30, reason);

        // Without the model they pay the costs of market orders, as the statement says.
        WriteCosts(withStops: false);
        var (without, _, other) = await RunAsync("without");
        without.Model.Digest.ShouldNotBe(with.Model.Digest);
        sentence.ShouldContain("stop orders pay their own costs, of 40 fills against their trigger");
        other.ShouldContain("stop orders pay the costs of market orders, because no fills of stops were measured");

        double TrailOf(Side side, double entry, long from, long to)
        {
            var best = entry;
            foreach (var bar in bars.Values.Where(b => b.Time >= from && b.Time < to))
                if ((int)side * (bar.Close - best) > 0)
                    best = bar.Close;
            return best;
        }
    }

    private static double Paid(Side side, double reference, double points, in Bar bar)
    {
        var price = reference * (1 + (int)side * points / 1e4);
        return side == Side.Buy ? Math.Min(price, Math.Max(bar.High, reference)) : Math.Max(price, Math.Min(bar.Low, reference));
    }

    private void WriteCosts(bool withStops)
    {
        var set = new FillSet();
        for (var i = 0; i < 40; i++)
        {
            var (side, time) = (i % 2 == 0 ? Side.Buy : Side.Sell, TimeSpan.TicksPerDay * i);
            set.Fills.Add(new MeasuredFill(time, "A", side, 1, 100 * (1 + (int)side * AtMarket / 1e4), "") { Open = 100 });
            if (withStops)
                set.Fills.Add(new MeasuredFill(time, "A", side, 1,
                    100 * (1 + (int)side * (side == Side.Buy ? OfBuyStops : OfSellStops) / 1e4), "")
                { Stop = 100 });
        }
        CostStudyFiles.Write(Path.Combine(_folder, "costs.json"), CostStudy.Of(set, ["test"]));
    }

    private async Task<(BatchRun Run, string Folder, string Sentence)> RunAsync(string name)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("stops.json", Encoding.UTF8.GetBytes($$"""
            { "name": "stops", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
                "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-07-01" },
              "execution": { "costs": "costs.json" },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "percentOfEquity": 10 }, "stopLossPercent": 1 },
                { "class": "SmaCross", "params": { "fast": 6, "slow": 25 }, "size": { "percentOfEquity": 10 },
                  "trailingStopPercent": 0.8 } ],
              "portfolio": { "weights": "equal" } }
            """), _folder);
        var folder = Path.Combine(_folder, name);
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = folder, Validation = false, Yes = true });
        return (run, folder, CostReport.FindingOf(BatchPlan.Make(spec, ["COINUSDT"]), null)!.Sentence);
    }

    private static Dictionary<string, Bar> BarsOf(string symbol) =>
        File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h", symbol + ".csv")).Skip(1).Select(l => l.Split(','))
            .ToDictionary(c => c[0], c => new Bar(DateTime.Parse(c[0], CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal).Ticks, Number(c[1]), Number(c[2]), Number(c[3]), Number(c[4]), Number(c[5])));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
