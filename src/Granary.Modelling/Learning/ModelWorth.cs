using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>
/// Effect of a model on the strategies that it filters: one figure of their out-of-sample trades with and without the model, over the
/// same days.
/// </summary>
internal sealed record ModelWorth
{
    /// <summary>Name of the figure, as in the experiment.</summary>
    public required string Fitness { get; init; }

    /// <summary>Number of UTC days from the first to the last exit, including days without an exit.</summary>
    public required int Days { get; init; }

    /// <summary>Number of trades without the model.</summary>
    public required int Trades { get; init; }

    /// <summary>Number of trades that the model kept, in full or in part.</summary>
    public required int Taken { get; init; }

    /// <summary>Figure without the model; null if undefined, such as a Sortino ratio without a losing day.</summary>
    public double? Without { get; init; }

    /// <summary>Figure with the model; null if undefined.</summary>
    public double? With { get; init; }

    /// <summary>
    /// Lower bound of the 95 % interval of <see cref="With"/> − <see cref="Without"/>; null if the figure is undefined in more than one
    /// of 20 bootstrap samples.
    /// </summary>
    public double? Low { get; init; }

    /// <summary>Upper bound of the interval.</summary>
    public double? High { get; init; }

    /// <summary>Sum of the trades' commissions, each as a share of its notional at entry.</summary>
    public required double CostWithout { get; init; }

    /// <summary>The same sum over the trades or parts of them that the model kept.</summary>
    public required double CostWith { get; init; }

    private const int Samples = 1000;

    /// <summary>
    /// The figure with the model as models rank by it: infinite if its trades lost nothing, negative infinity if undefined.
    /// </summary>
    [JsonIgnore]
    public double Rank
    {
        get => _rank ?? With ?? double.NegativeInfinity;
        private init => _rank = value;
    }

    private readonly double? _rank;

    /// <summary>Compares the trades of a unit's strategies with and without its model.</summary>
    /// <param name="with">Trades whose signal the model predicted out of sample, including those that it refused.</param>
    /// <param name="without">Trades of the same strategies and the same time without the model.</param>
    /// <returns>null if there are no trades.</returns>
    /// <remarks>
    /// The interval comes from a paired stationary bootstrap (Politis and Romano 1994): each sample draws the same days for both, in blocks
    /// with a mean length of the cube root of the number of days, with a fixed seed. Its bounds are percentiles.
    /// </remarks>
    internal static ModelWorth? Of(ExperimentFitness fitness, IReadOnlyList<FilteredTrade> with, IReadOnlyList<FilteredTrade> without)
    {
        var taken = with.Where(t => t.SizeFactor > 0).ToList();
        if (without.Count + taken.Count == 0) return null;
        var (first, days) = TradeDays.SpanOf(without.Concat(taken));
        var (a, b) = (new TradeDays(without, first, days, t => t.Return), new TradeDays(taken, first, days, t => t.SizeFactor * t.Return));
        var (low, high) = Interval(fitness, a, b);
        return new ModelWorth
        {
            Fitness = WordOf(fitness),
            Days = days,
            Trades = without.Count,
            Taken = taken.Count,
            Without = JsonNumber.Finite(a.Figure(fitness)),
            With = JsonNumber.Finite(b.Figure(fitness)),
            Low = low,
            High = high,
            CostWithout = without.Sum(t => t.Cost),
            CostWith = taken.Sum(t => t.SizeFactor * t.Cost),
            Rank = b.Figure(fitness) is var figure && double.IsNaN(figure) ? double.NegativeInfinity : figure,
        };
    }

    /// <summary>Name of the figure of trades in a batch file; the Sortino ratio if the fitness rates predictions.</summary>
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
        return Quantile.Interval(CollectionsMarshal.AsSpan(differences), 0.025);
    }
}
