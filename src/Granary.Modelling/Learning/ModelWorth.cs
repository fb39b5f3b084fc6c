using Granary.Engine.Analysis;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>
/// What a model was worth to the strategies that it judged: a figure of their trades out of sample with the model and without it, over the
/// same days.
/// </summary>
/// <param name="Fitness">The figure, as the experiment names it.</param>
/// <param name="Days">UTC days from the first to the last exit of a trade, also those without one.</param>
/// <param name="Trades">Trades of the strategies without the model.</param>
/// <param name="Taken">Trades that the model left, also in part.</param>
/// <param name="Without">Null where it is not defined, as a Sortino ratio without a losing day.</param>
/// <param name="With">As <paramref name="Without"/>.</param>
/// <param name="Low">Lower end of the 95 % interval of <paramref name="With"/> − <paramref name="Without"/>; null where more than one in
/// twenty samples has no figure.</param>
/// <param name="High">Its upper end.</param>
/// <param name="CostWithout">Commission of the trades, as a sum of shares of their notional at entry.</param>
/// <param name="CostWith">The same of what the model left of them.</param>
public sealed record ModelWorth(string Fitness, int Days, int Trades, int Taken, double? Without, double? With, double? Low, double? High,
    double CostWithout, double CostWith)
{
    private const int Samples = 1000;

    /// <summary>Compares the trades of a unit's strategies with its model and without.</summary>
    /// <param name="with">Trades whose signal the model judged out of sample, also those that it refused.</param>
    /// <param name="without">The same strategies' trades of the same time without it.</param>
    /// <returns>null where there is no trade.</returns>
    /// <remarks>The interval is of a paired stationary bootstrap (Politis and Romano 1994): each sample draws the same days for both, in
    /// blocks of the cube root of the days on average, with a fixed seed; its ends are percentiles.</remarks>
    internal static ModelWorth? Of(ExperimentFitness fitness, IReadOnlyList<FilteredTrade> with, IReadOnlyList<FilteredTrade> without)
    {
        var taken = with.Where(t => t.SizeFactor > 0).ToList();
        if (without.Count + taken.Count == 0) return null;
        var (first, days) = TradeDays.SpanOf(without.Concat(taken));
        var (a, b) = (new TradeDays(without, first, days, t => t.Return), new TradeDays(taken, first, days, t => t.SizeFactor * t.Return));
        var (low, high) = Interval(fitness, a, b);
        return new ModelWorth(WordOf(fitness), days, without.Count, taken.Count, JsonNumber.Finite(a.Figure(fitness)),
            JsonNumber.Finite(b.Figure(fitness)), low, high, without.Sum(t => t.Cost), taken.Sum(t => t.SizeFactor * t.Cost));
    }

    /// <summary>As a batch file names the figure of trades; of predictions, the Sortino ratio stands beside them.</summary>
    private static string WordOf(ExperimentFitness fitness) => (fitness.IsOfTrades() ? fitness : ExperimentFitness.Sortino).Word();

    private static (double? Low, double? High) Interval(ExperimentFitness fitness, TradeDays without, TradeDays with)
    {
        var bootstrap = new StationaryBootstrap(without.Count, 0, seed: 1);
        var counts = new double[without.Count];
        var differences = new List<double>(Samples);
        for (var i = 0; i < Samples; i++)
        {
            bootstrap.NextCounts(counts);
            var difference = with.Figure(fitness, counts) - without.Figure(fitness, counts);
            if (double.IsFinite(difference)) differences.Add(difference);
        }
        if (differences.Count < Samples * 0.95) return (null, null);
        differences.Sort();
        return (differences[(int)(0.025 * differences.Count)], differences[(int)Math.Ceiling(0.975 * differences.Count) - 1]);
    }
}
