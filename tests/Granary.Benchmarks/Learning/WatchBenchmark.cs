using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Labels;
using Granary.Learning.Trainers;
using Granary.Learning.Watching;

namespace Granary.Benchmarks.Learning;

/// <summary>
/// A strategy that enters at nearly every second bar, gated by a model of 100 trees, bar by bar as a session gets them: with a watch of the
/// model and without.
/// </summary>
internal static class WatchBenchmark
{
    private const int Bars = 60_000, DefaultTurns = 7;
    private static readonly MarketSeries s_series = new(new Instrument { Symbol = "SYN" }, Timeframe.Parse("1h"));
    private static readonly FeatureSet s_features = FeatureSet.Default;

    /// <param name="arguments">Turns (7).</param>
    public static int Run(string[] arguments)
    {
        var turns = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultTurns;
        var bars = Make();
        var features = FeatureTable.Compute(s_series, Blocks(bars), s_features);
        var table = features.With(LabelColumn.Direction(features.Close, 1), "direction(1)");
        var model = TrainerCatalogue.BuiltIn.Create("gradient-boosting", ("trees", 100)).Train(table.Range(0, 2000), new());
        EntryModel Model(WatchRule? watch) => new("gate", s_features, [new ModelWindow(table.LabelEnd[1999], model)], new GateRule(0.5,
            0.5),
            PredictionMeaning.ProbabilityOfRise)
        { Watch = watch };
        var (free, watched, entries) = (double.MaxValue, double.MaxValue, 0);
        for (var turn = 0; turn <= turns; turn++)
        {
            var (a, _) = Time(bars, Model(null));
            var (b, count) = Time(bars, Model(new WatchRule()));
            // The first turn compiles.
            if (turn == 0) continue;
            (free, watched, entries) = (Math.Min(free, a), Math.Min(watched, b), count);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Bars:N0} bars, {entries:N0} entries: {free * 1e6 / Bars:0.000} µs for a bar without a watch, "
            + $"{watched * 1e6 / Bars:0.000} µs with one: {(watched - free) * 1e6 / entries:0.000} µs more for an entry and its outcome, "
            + $"{100 * (watched / free - 1):0.0} % of the engine's time for these bars"));
        return 0;
    }

    private static (double Seconds, int Entries) Time(Bar[] bars, EntryModel model)
    {
        var plan = new FactorPlan();
        var settings = new TradingSettings { Cash = 1e9, Size = new SizeRule(SizeKind.Units, 1), Sides = Sides.Both };
        var run = new StrategyRun("watched", new SmaCross(1, 2), s_series, settings, new ExecutionSettings(), plan);
        run.FilterEntries(model);
        var pipeline = new FeedPipeline(s_series, plan);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < bars.Length; i++)
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, bars.AsSpan(i, 1)));
            run.Process(prepared);
            pipeline.Return(prepared);
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (seconds, (int)model.Predictions);
    }

    private static IEnumerable<BarBlock> Blocks(Bar[] bars) => Enumerable.Range(0, (bars.Length + 4095) / 4096)
        .Select(b => BarBlock.FromBars(b * 4096, bars.AsSpan(b * 4096, Math.Min(4096, bars.Length - b * 4096))));

    private static Bar[] Make()
    {
        var random = new PortableRandom(1);
        var bars = new Bar[Bars];
        var price = 100.0;
        for (var i = 0; i < Bars; i++)
        {
            var open = price;
            price = open * Math.Exp(0.002 * random.NextGaussian());
            bars[i] = new Bar(new DateTime(2020, 1, 1).Ticks + i * TimeSpan.TicksPerHour, open, Math.Max(open, price), Math.Min(open,
                price), price,
                1000);
        }
        return bars;
    }
}
