using Granary.Application.Batches;
using Granary.Engine.Analysis;

namespace Granary.Application.Learning;

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
    private const double DaysPerYear = 365;

    // Sums over the trades that ended on one day: their returns, and how many they are.
    private struct Day
    {
        public double Return;
        public int Trades;
    }

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
        var ends = without.Concat(taken).Select(t => t.Trade.ExitTime / TimeSpan.TicksPerDay).ToList();
        var (first, days) = (ends.Min(), (int)(ends.Max() - ends.Min()) + 1);
        var (a, b) = (Sums(without, first, days, t => t.Return), Sums(taken, first, days, t => t.SizeFactor * t.Return));
        var all = new double[days];
        Array.Fill(all, 1);
        var (low, high) = Interval(fitness, a, b);
        return new ModelWorth(WordOf(fitness), days, without.Count, taken.Count, Known(Figure(fitness, a, all)),
            Known(Figure(fitness, b, all)), low, high, without.Sum(t => t.Cost),
            taken.Sum(t => t.SizeFactor * t.Cost));
    }

    /// <summary>As a batch file names it.</summary>
    public static string WordOf(ExperimentFitness fitness) => fitness.ToString().ToLowerInvariant();

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static Day[] Sums(IReadOnlyList<FilteredTrade> trades, long first, int days, Func<FilteredTrade, double> returnOf)
    {
        var sums = new Day[days];
        foreach (var trade in trades)
        {
            ref var day = ref sums[(int)(trade.Trade.ExitTime / TimeSpan.TicksPerDay - first)];
            day.Return += returnOf(trade);
            day.Trades++;
        }
        return sums;
    }

    private static (double? Low, double? High) Interval(ExperimentFitness fitness, Day[] without, Day[] with)
    {
        var bootstrap = new StationaryBootstrap(without.Length, 0, seed: 1);
        var counts = new double[without.Length];
        var differences = new List<double>(Samples);
        for (var i = 0; i < Samples; i++)
        {
            bootstrap.NextCounts(counts);
            var difference = Figure(fitness, with, counts) - Figure(fitness, without, counts);
            if (double.IsFinite(difference)) differences.Add(difference);
        }
        if (differences.Count < Samples * 0.95) return (null, null);
        differences.Sort();
        return (differences[(int)(0.025 * differences.Count)], differences[(int)Math.Ceiling(0.975 * differences.Count) - 1]);
    }

    // Of days that count as often as the weights say; NaN or infinite where it is not defined.
    private static double Figure(ExperimentFitness fitness, Day[] days, double[] counts)
    {
        double n = 0, sum = 0, squares = 0, losses = 0, trades = 0;
        for (var i = 0; i < days.Length; i++)
        {
            var (count, r) = (counts[i], days[i].Return);
            n += count;
            sum += count * r;
            squares += count * r * r;
            trades += count * days[i].Trades;
            if (r < 0) losses += count * r * r;
        }
        var mean = sum / n;
        return fitness switch
        {
            ExperimentFitness.Expectancy => sum / trades,
            ExperimentFitness.Sharpe => mean / Math.Sqrt((squares - n * mean * mean) / (n - 1)) * Math.Sqrt(DaysPerYear),
            _ => mean / Math.Sqrt(losses / n) * Math.Sqrt(DaysPerYear),
        };
    }
}
