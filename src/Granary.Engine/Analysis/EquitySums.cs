using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Engine.Analysis;

/// <summary>Sums over an equity curve that an <see cref="EquityMeter"/> collected.</summary>
public sealed record EquitySums
{
    /// <summary>The cash before the first bar, against which the first return is taken.</summary>
    public required double Start { get; init; }

    public required double Final { get; init; }

    /// <summary>The number of bars, which is also the number of returns.</summary>
    public required long Count { get; init; }

    public required double SumOfReturns { get; init; }

    public required double SumOfSquares { get; init; }

    public required double SumOfSquaredLosses { get; init; }

    /// <summary>The deepest drawdown, a positive fraction of the running peak.</summary>
    public required double MaxDrawdown { get; init; }

    /// <summary>The time from the peak of the deepest drawdown to its recovery, or to the end, in ticks.</summary>
    public required long MaxDrawdownTicks { get; init; }

    public required long LongestUnderwaterTicks { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    public required int Months { get; init; }

    public required int MonthsUp { get; init; }

    public required int Weeks { get; init; }

    public required int WeeksUp { get; init; }

    /// <summary>The number of bars at whose close a position was held.</summary>
    public required long ExposedBars { get; init; }

    /// <summary>The equity at the end of each trace period; the last period may be shorter. Empty without a trace.</summary>
    public double[] PeriodEquity { get; init; } = [];

    /// <summary>Computes the measurements that the metrics need; those that cannot be computed from the sums are NaN.</summary>
    /// <param name="periodsPerYear">NaN leaves what is annualised undefined.</param>
    internal EquityMeasures Measure(double periodsPerYear)
    {
        var n = (double)Count;
        var variance = (SumOfSquares - SumOfReturns * SumOfReturns / n) / (n - 1);
        return new EquityMeasures
        {
            Points = Count,
            FirstTime = FirstTime,
            LastTime = LastTime,
            Start = Start,
            Final = Final,
            IsRuined = !(Final > 0),
            PeriodsPerYear = periodsPerYear,
            Returns = Count,
            // The mean return of a ruined account is misleading: the gains on the way were lost.
            Mean = Final > 0 ? SumOfReturns / n : double.NaN,
            Deviation = Count < 2 ? double.NaN
                : Variation.IsNoneOfSums(variance, SumOfSquares / n) || Variation.IsNoneSquared(variance, Variation.OfReturns) ? 0
                : Math.Sqrt(variance),
            Downside = Math.Sqrt(SumOfSquaredLosses / n),
            Skew = double.NaN,
            Kurtosis = double.NaN,
            Gains = double.NaN,
            Losses = double.NaN,
            MaxDrawdown = MaxDrawdown,
            MaxDrawdownDays = MaxDrawdownTicks / (double)TimeSpan.TicksPerDay,
            LongestUnderwaterDays = LongestUnderwaterTicks / (double)TimeSpan.TicksPerDay,
            MeanSquaredDrawdown = double.NaN,
            Months = Months,
            MonthsUp = MonthsUp,
            BestMonth = double.NaN,
            WorstMonth = double.NaN,
            Weeks = Weeks,
            WeeksUp = WeeksUp,
        };
    }

    internal void AddTo(ref DigestState digest)
    {
        digest.Add(Final, SumOfReturns);
        digest.Add(SumOfSquares, SumOfSquaredLosses);
        digest.Add(MaxDrawdown, (double)Count);
    }
}
