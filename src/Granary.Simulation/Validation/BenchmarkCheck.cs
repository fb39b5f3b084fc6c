using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Simulation.Validation;

/// <summary>Tests whether a portfolio earns more than its benchmark at the same risk, by more than luck explains.</summary>
/// <param name="Name">Name of the benchmark.</param>
/// <param name="Return">Return of the portfolio over the periods of its trace.</param>
/// <param name="BenchmarkReturn">Return of the benchmark over the same periods.</param>
/// <param name="Sharpe">Sharpe ratio of the portfolio, per period.</param>
/// <param name="BenchmarkSharpe">Sharpe ratio of the benchmark, per period.</param>
/// <param name="Excess">
/// Mean return per period of the portfolio, scaled to the benchmark's standard deviation, minus the benchmark's (Modigliani and
/// Modigliani 1997).
/// </param>
/// <param name="Own">
/// Probability of an excess this large without a true one: the p-value of <see cref="DataSnoopingTest"/> for this series.
/// </param>
/// <param name="PeriodTicks">Length of the periods, in ticks.</param>
internal sealed record BenchmarkCheck(
    string Name, double Return, double BenchmarkReturn, double Sharpe, double BenchmarkSharpe, double Excess, double Own,
    long PeriodTicks)
{
    /// <summary>The check fails at larger p-values.</summary>
    public const double Level = 0.05;

    private const int FewestPeriods = 10, Resamples = 2_000;

    /// <summary>
    /// The p-value for the best of all strategies against the benchmark (<see cref="DataSnoopingTest.Consistent"/>), if the portfolio's
    /// strategies were chosen on this period; otherwise null.
    /// </summary>
    public double? Selection { get; init; }

    /// <summary>The first period of the comparison, UTC ticks, if the benchmark begins later than the portfolio; otherwise null.</summary>
    public long? Since { get; init; }

    /// <summary>The end of the last period of the comparison, UTC ticks, if the benchmark ends earlier than the portfolio; otherwise
    /// null.</summary>
    public long? Until { get; init; }

    /// <summary>The decisive p-value: the larger one, so a choice on this period must pass both tests.</summary>
    public double Probability => Math.Max(Own, Selection ?? 0);

    public bool Passed => Excess > 0 && Probability <= Level;

    /// <returns>Null if there are too few periods, or if one of the two series is constant.</returns>
    public static BenchmarkCheck? Of(string name, EquityTrace portfolio, EquityTrace benchmark, ulong seed)
    {
        // Only the periods of both: outside of its bars a benchmark has no return.
        var (from, to) = (Math.Max(portfolio.FirstPeriod, benchmark.FirstPeriod),
            Math.Min(portfolio.LastPeriod, benchmark.LastPeriod) + 1);
        if (to - from < FewestPeriods) return null;
        var (own, other) = (portfolio.Returns(from, to), benchmark.Returns(from, to));
        var (moments, otherMoments) = (Moments.OfReturns(own), Moments.OfReturns(other));
        if (!(moments.SampleDeviation > 0) || !(otherMoments.SampleDeviation > 0)) return null;
        var scale = otherMoments.SampleDeviation / moments.SampleDeviation;
        var excess = new double[own.Length];
        for (var t = 0; t < excess.Length; t++) excess[t] = scale * own[t] - other[t];
        var difference = Moments.OfReturns(excess);
        // A difference by rounding errors alone counts as zero.
        var same = difference.SampleDeviation <= Tolerance.Deviation * otherMoments.SampleDeviation;
        return new BenchmarkCheck(name,
            portfolio.EquityAt(to - 1) / portfolio.EquityAt(from - 1) - 1, benchmark.EquityAt(to - 1) / benchmark.EquityAt(from - 1) - 1,
            moments.Mean / moments.SampleDeviation, otherMoments.Mean / otherMoments.SampleDeviation, same ? 0 : difference.Mean,
            same ? 1 : DataSnoopingTest.Of([excess], seed, Resamples).RealityCheck, portfolio.PeriodTicks)
        {
            Since = from > portfolio.FirstPeriod ? from * portfolio.PeriodTicks : null,
            Until = to <= portfolio.LastPeriod ? to * portfolio.PeriodTicks : null,
        };
    }
}
