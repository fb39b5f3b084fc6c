using Granary.Engine.Analysis;

namespace Granary.Simulation.Validation;

/// <summary>Whether a portfolio earns more than its benchmark at the same risk, by more than luck explains.</summary>
/// <param name="Name">Of the benchmark.</param>
/// <param name="Return">Of the portfolio, over the periods of its trace.</param>
/// <param name="BenchmarkReturn">Of the benchmark, over the same periods.</param>
/// <param name="Sharpe">Of the portfolio, per period.</param>
/// <param name="BenchmarkSharpe">Of the benchmark, per period.</param>
/// <param name="Excess">Mean return per period of the portfolio, scaled to the benchmark's deviation, over the benchmark's (Modigliani and
/// Modigliani 1997).</param>
/// <param name="Own">That an excess as large would be seen without any: the p-value of <see cref="DataSnoopingTest"/> for this one
/// series.</param>
/// <param name="PeriodTicks">Length of the periods.</param>
public sealed record BenchmarkCheck(
    string Name, double Return, double BenchmarkReturn, double Sharpe, double BenchmarkSharpe, double Excess, double Own,
    long PeriodTicks)
{
    /// <summary>Larger p-values are no evidence.</summary>
    public const double Level = 0.05;

    private const int FewestPeriods = 10, Resamples = 2_000;

    /// <summary>
    /// The same that the best of all strategies has over the benchmark (<see cref="DataSnoopingTest.Consistent"/>), where the portfolio's
    /// were chosen among them by this record; null where they were not.
    /// </summary>
    public double? Selection { get; init; }

    /// <summary>The p-value that decides. A choice by the record has to hold against the choice too.</summary>
    public double Probability => Math.Max(Own, Selection ?? 0);

    public bool Passed => Excess > 0 && Probability <= Level;

    /// <returns>Null where there are too few periods, or one of the two never moved.</returns>
    public static BenchmarkCheck? Of(string name, EquityTrace portfolio, EquityTrace benchmark, ulong seed)
    {
        var (from, to) = (portfolio.FirstPeriod, portfolio.LastPeriod + 1);
        if (to - from < FewestPeriods) return null;
        var (own, other) = (portfolio.Returns(from, to), benchmark.Returns(from, to));
        var (moments, otherMoments) = (Moments.Of(own), Moments.Of(other));
        if (!(moments.SampleDeviation > 0) || !(otherMoments.SampleDeviation > 0)) return null;
        var scale = otherMoments.SampleDeviation / moments.SampleDeviation;
        var excess = new double[own.Length];
        for (var t = 0; t < excess.Length; t++) excess[t] = scale * own[t] - other[t];
        var difference = Moments.Of(excess);
        // What differs from the benchmark by rounding alone is the benchmark.
        var same = difference.SampleDeviation <= 1e-9 * otherMoments.SampleDeviation;
        return new BenchmarkCheck(name,
            portfolio.EquityAt(to - 1) / portfolio.EquityAt(from - 1) - 1, benchmark.EquityAt(to - 1) / benchmark.EquityAt(from - 1) - 1,
            moments.Mean / moments.SampleDeviation, otherMoments.Mean / otherMoments.SampleDeviation, same ? 0 : difference.Mean,
            same ? 1 : DataSnoopingTest.Of([excess], seed, Resamples).RealityCheck, portfolio.PeriodTicks);
    }
}
