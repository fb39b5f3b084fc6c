using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Sums of trades by the UTC day of their exit, also of days without one, and figures of these sums.</summary>
internal sealed class TradeDays
{
    private const double DaysPerYear = 365;

    private readonly int[] _trades;

    /// <param name="first">Days since year 1.</param>
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

    /// <summary>[days], the first day first.</summary>
    public double[] Returns { get; }

    public int Count => Returns.Length;

    /// <summary>The day of a trade's exit, in days since year 1.</summary>
    public static long DayOf(in FilteredTrade trade) => trade.Trade.ExitTime / TimeSpan.TicksPerDay;

    /// <summary>The first day with an exit, and the days up to the last one.</summary>
    /// <param name="trades">At least one.</param>
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

    /// <summary>A figure of the trades, with every day once.</summary>
    /// <inheritdoc cref="Figure(ExperimentFitness, ReadOnlySpan{double})"/>
    public double Figure(ExperimentFitness fitness) => Figure(fitness, []);

    /// <summary>A figure of the trades.</summary>
    /// <param name="fitness">One that judges predictions gives the Sortino ratio.</param>
    /// <param name="counts">[days]: how often each counts; empty = once.</param>
    /// <returns>NaN or infinite where it is not defined.</returns>
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
        return fitness switch
        {
            ExperimentFitness.Expectancy => sum / trades,
            ExperimentFitness.Sharpe => mean / Math.Sqrt((squares - n * mean * mean) / (n - 1)) * Math.Sqrt(DaysPerYear),
            _ => mean / Math.Sqrt(losses / n) * Math.Sqrt(DaysPerYear),
        };
    }
}
