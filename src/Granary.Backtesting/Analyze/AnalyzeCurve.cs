using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Analyze;

/// <summary>What <c>granary analyze</c> is asked.</summary>
/// <param name="EquityFile">See <see cref="EquityCurveFile"/>.</param>
/// <param name="BenchmarkFile">Likewise; compared at the times that both files have. Null for none.</param>
/// <param name="PeriodsPerYear">Null infers it from the dates.</param>
/// <param name="RiskFreePercent">A year; the Sharpe ratio above it stands beside the Sharpe ratio, which takes 0.</param>
public sealed record AnalyzeRequest(string EquityFile, string? BenchmarkFile = null, double? PeriodsPerYear = null,
    double RiskFreePercent = 0);

/// <summary>Everything there is to say about an equity curve.</summary>
/// <param name="WorstDrawdowns">The ten deepest, deepest first.</param>
/// <param name="Rolling">Over a year of periods, or a quarter of a shorter curve; at least 20 returns.</param>
public sealed record CurveAnalysis(
    EquityCurve Curve, EquityCurve? Benchmark, EquityStatistics Statistics, IReadOnlyList<Drawdown> WorstDrawdowns,
    IReadOnlyList<PeriodReturn> Months, IReadOnlyList<PeriodReturn> Years, RollingStatistics Rolling, ReturnHistogram Histogram,
    IReadOnlyList<CrisisResult> Crises)
{
    /// <summary>What a reader must know before the figures; null for nothing.</summary>
    public string? Note => ShortRecord.Sentence(Curve.Count - 1);
}

/// <summary>Statistics and tables of any equity curve, ours or not.</summary>
public static class AnalyzeCurve
{
    /// <exception cref="BarDataException">A file or the number of periods cannot be used; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk refused.</exception>
    public static CurveAnalysis Run(AnalyzeRequest request)
    {
        if (request.PeriodsPerYear is { } given && !(given > 0 && double.IsFinite(given)))
            throw new BarDataException(FormattableString.Invariant(
                $"--periods-per-year {given}: a positive number is needed, such as 252 for daily bars of stocks"));
        if (!(Math.Abs(request.RiskFreePercent) <= 100))
            throw new BarDataException(
                FormattableString.Invariant($"--risk-free {request.RiskFreePercent}: a percentage a year is needed, such as 2.5"));
        var curve = EquityCurveFile.Read(request.EquityFile);
        var benchmark = request.BenchmarkFile is null ? null : EquityCurveFile.Read(request.BenchmarkFile);
        if (benchmark is not null && curve.OnCommonTimes(benchmark).Own.Count < 3)
            throw BarDataException.At(request.BenchmarkFile!, null, "date", $"fewer than three dates are also in {request.EquityFile}",
                "give a benchmark over the same dates");
        return Of(curve, benchmark, request.PeriodsPerYear, request.RiskFreePercent / 100);
    }

    /// <summary>The same for curves that are in memory already.</summary>
    public static CurveAnalysis Of(EquityCurve curve, EquityCurve? benchmark = null, double? periodsPerYear = null, double riskFree = 0)
    {
        var statistics = EquityStatistics.Of(curve, periodsPerYear, benchmark).Above(riskFree);
        var returns = curve.Count - 1;
        var window = Math.Max(20, (int)Math.Min(Math.Round(statistics.PeriodsPerYear), returns / 4.0));
        return new CurveAnalysis(curve, benchmark, statistics, Drawdown.Worst(curve), PeriodReturn.Monthly(curve),
            PeriodReturn.Yearly(curve),
            RollingStatistics.Of(curve, window, statistics.PeriodsPerYear), ReturnHistogram.Of(curve.Returns),
            CrisisPeriod.Of(curve, benchmark));
    }
}
