using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Labels;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Watching;

namespace Granary.Learning.Tests.Watching;

/// <summary>
/// A market in which a bar has the direction of the one before with a probability of 65 %, and from each flip on the opposite one, or the
/// other way round; and a strategy that buys every second bar and sells at the next.
/// </summary>
internal static class RuleMarket
{
    public static readonly FeatureSet Features = FeatureSet.Parse(["return(1)"], FactorCatalogue.BuiltIn);

    private const double Follows = 0.65, Move = 0.002;

    /// <param name="flips">Bars at which the rule turns.</param>
    public static Bar[] Bars(int count, long seed, params int[] flips)
    {
        var random = new PortableRandom(seed);
        var bars = new Bar[count];
        var (price, direction) = (100.0, 1);
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        for (var i = 0; i < count; i++)
        {
            var follows = random.NextDouble() < (flips.Count(f => f <= i) % 2 == 0 ? Follows : 1 - Follows);
            if (!follows) direction = -direction;
            var open = price;
            price = open * Math.Exp(direction * Move * (0.5 + random.NextDouble()));
            bars[i] = new Bar(start + i * TimeSpan.TicksPerHour, open, Math.Max(open, price), Math.Min(open, price), price, 1000);
        }
        return bars;
    }

    /// <summary>A logistic model of the next bar's direction for each rolling window.</summary>
    public static EntryModel Model(Bar[] bars, int train, int test, WatchRule? watch)
    {
        var features = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 4096), Features);
        var table = features.With(LabelColumn.Direction(features.Close, 1), "direction(1)");
        var trainer = TrainerCatalogue.BuiltIn.Create("logistic");
        return new EntryModel("gate", Features, [.. TimeSplits.Rolling(table, train, test).Select(fold => new ModelWindow(
            table.Time[fold.Test[0]], trainer.Train(new TrainingSet(table, fold.Train), new TrainingOptions())))],
            new GateRule(0.5, 0.5), PredictionMeaning.ProbabilityOfRise)
        { Watch = watch };
    }

    public static (Log Log, StrategyResult Result) Run(Bar[] bars, EntryModel model, int length = 4096)
    {
        var log = new Log();
        var plan = new FactorPlan();
        var settings = new TradingSettings { Cash = 1_000_000, Size = new SizeRule(SizeKind.Units, 10) };
        var run = new StrategyRun("test", new BuysEverySecondBar(), SyntheticBars.Series, settings, new ExecutionSettings(), plan, log);
        run.FilterEntries(model);
        return (log, SyntheticBars.Process(run, plan, bars, length));
    }

    public sealed class BuysEverySecondBar : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            if (bar.IsLong) bar.Exit();
            else bar.Enter(Side.Buy);
        }
    }

    /// <summary>Signals and trades of a run, by number.</summary>
    public sealed class Log : IRunListener
    {
        public SortedDictionary<int, Signal> Signals { get; } = [];

        public SortedDictionary<int, Trade> Trades { get; } = [];

        public void On(in RunEvent e)
        {
            if (e.Kind == RunEventKinds.Signal) Signals.Add(e.Number, e.Signal);
            else if (e.Kind == RunEventKinds.Trade) Trades.Add(e.Number, e.Trade);
        }

        /// <summary>Closed trades whose signal came in a span of bars, with the signal.</summary>
        public IEnumerable<(Signal Signal, Trade Trade)> Of(Bar[] bars, int from, int to) => Trades.Values
            .Where(t => t.Reason != ExitReason.Open && t.SignalTime >= bars[from].Time && (to >= bars.Length
                || t.SignalTime < bars[to].Time))
            .Select(t => (Signals[t.Number], t));

        /// <summary>Sum of the returns on notional of what the model left of them.</summary>
        public double Taken(Bar[] bars, int from, int to) => Of(bars, from, to).Sum(t => t.Signal.SizeFactor * t.Trade.Return());
    }
}
