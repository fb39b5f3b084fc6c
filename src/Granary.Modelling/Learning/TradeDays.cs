using Granary.Engine.Numerics;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Sums trade returns by the UTC day of the exit and computes figures over all days, including days without an exit.</summary>
internal sealed class TradeDays
{
    private const double DaysPerYear = 365;

    private readonly int[] _trades;

    /// <param name="first">First day, in days since year 1.</param>
    public TradeDays(IEnumerable<FilteredTrade> trades, long first, int days, Func<FilteredTrade, double> returnOf)
    {
        Returns = new double[days];
        _trades = new int[days];
        foreach (var trade in trades)
        {
            var day = (int)(DayOf(trade) - first);
            Returns[day] += returnOf(trade);
            _trades[day]++;
        }
    }

    /// <summary>Returns per day, from the first day on.</summary>
    public double[] Returns { get; }

    public int Count => Returns.Length;

    /// <summary>Returns the UTC day of a trade's exit, in days since year 1.</summary>
    public static long DayOf(in FilteredTrade trade) => trade.Trade.ExitTime / TimeSpan.TicksPerDay;

    /// <summary>Returns the first day with an exit, and the number of days up to the last exit.</summary>
    /// <param name="trades">At least one trade.</param>
    public static (long First, int Days) SpanOf(IEnumerable<FilteredTrade> trades)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var trade in trades)
        {
            first = Math.Min(first, DayOf(trade));
            last = Math.Max(last, DayOf(trade));
        }
        return (first, (int)(last - first) + 1);
    }

    /// <summary>Computes a figure of the trades over all days.</summary>
    /// <inheritdoc cref="Figure(ExperimentFitness, ReadOnlySpan{double})"/>
    public double Figure(ExperimentFitness fitness) => Figure(fitness, []);

    /// <summary>Computes a figure of the trades over days that count more or less than once.</summary>
    /// <param name="fitness">The figure. A fitness that rates predictions gives the Sortino ratio.</param>
    /// <param name="counts">How often each day counts; empty = once.</param>
    /// <returns>Infinite if nothing was lost, or nothing varied; NaN if nothing was traded.</returns>
    public double Figure(ExperimentFitness fitness, ReadOnlySpan<double> counts)
    {
        double n = 0, sum = 0, squares = 0, losses = 0, trades = 0;
        for (var i = 0; i < Returns.Length; i++)
        {
            var (count, r) = (counts.IsEmpty ? 1 : counts[i], Returns[i]);
            n += count;
            sum += count * r;
            squares += count * r * r;
            trades += count * _trades[i];
            if (r < 0) losses += count * r * r;
        }
        var mean = sum / n;
        // A variance this small is a rounding error of the subtraction.
        var variance = squares - n * mean * mean is var v && v > squares * Tolerance.SumOfSquares ? v : 0;
        return fitness switch
        {
            ExperimentFitness.Expectancy => sum / trades,
            ExperimentFitness.Sharpe => mean / Math.Sqrt(variance / (n - 1)) * Math.Sqrt(DaysPerYear),
            _ => mean / Math.Sqrt(losses / n) * Math.Sqrt(DaysPerYear),
        };
    }
}
