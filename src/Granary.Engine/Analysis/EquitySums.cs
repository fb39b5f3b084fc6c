using Granary.Engine.Trading;

namespace Granary.Engine.Analysis;

/// <summary>What is left of an equity curve when it has run through an <see cref="EquityMeter"/>.</summary>
public sealed record EquitySums
{
    /// <summary>The cash before the first bar, against which the first return is taken.</summary>
    public required double Start { get; init; }

    public required double Final { get; init; }

    /// <summary>Bars, and so per-bar returns.</summary>
    public required long Count { get; init; }

    public required double SumOfReturns { get; init; }

    public required double SumOfSquares { get; init; }

    public required double SumOfSquaredLosses { get; init; }

    /// <summary>A positive fraction of the running peak.</summary>
    public required double MaxDrawdown { get; init; }

    /// <summary>From the peak of the deepest drawdown to its recovery, or to the end.</summary>
    public required long MaxDrawdownTicks { get; init; }

    public required long LongestUnderwaterTicks { get; init; }

    public required long FirstTime { get; init; }

    public required long LastTime { get; init; }

    public required int Months { get; init; }

    public required int MonthsUp { get; init; }

    public required int Weeks { get; init; }

    public required int WeeksUp { get; init; }

    /// <summary>Bars at whose close something was held.</summary>
    public required long ExposedBars { get; init; }

    /// <summary>
    /// At the end of each period of the trace, the last one cut short by the end of the bars; empty where nothing was traced.
    /// </summary>
    public double[] PeriodEquity { get; init; } = [];

    /// <summary>What metrics are computed from; what the sums do not hold is NaN.</summary>
    /// <param name="periodsPerYear">NaN leaves what is annualised undefined.</param>
    public EquityMeasures Measure(double periodsPerYear)
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
            // What a ruined account earned on the way says nothing of what it was worth.
            Mean = Final > 0 ? SumOfReturns / n : double.NaN,
            Deviation = Count > 1 ? variance > 0 ? Math.Sqrt(variance) : 0 : double.NaN,
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

    internal void AddTo(ref Fingerprint fingerprint)
    {
        fingerprint.Add(Final, SumOfReturns);
        fingerprint.Add(SumOfSquares, SumOfSquaredLosses);
        fingerprint.Add(MaxDrawdown, (double)Count);
    }
}
