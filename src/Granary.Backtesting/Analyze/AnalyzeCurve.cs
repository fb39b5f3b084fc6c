using Granary.Backtesting.Resampling;
using Granary.Data.Tables;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Analyze;

/// <summary>Options of <c>granary analyze</c> for an equity curve.</summary>
/// <param name="EquityFile">The equity curve; see <see cref="EquityCurveFile"/>.</param>
/// <param name="BenchmarkFile">The benchmark in the same format, compared at the times that both files have; null for none.</param>
/// <param name="PeriodsPerYear">The number of periods per year; null to infer it from the dates.</param>
/// <param name="RiskFreePercent">Annual risk-free rate in percent of the figures above it; all others use 0.</param>
internal sealed record AnalyzeRequest(string EquityFile, string? BenchmarkFile = null, double? PeriodsPerYear = null,
    double RiskFreePercent = 0)
{
    /// <summary>The formats of typed tables that the process knows; null = texts alone.</summary>
    public TableFormatCatalogue? Tables { get; init; }

    /// <summary>The curve's closed trades, which are resampled beside its days; null if they are unknown.</summary>
    public string? TradesFile { get; init; }

    /// <summary>The paths to draw from the curve; null = none.</summary>
    public ResamplingPlan? Resampling { get; init; }

    /// <summary>The result does not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Statistics and tables of an equity curve.</summary>
/// <param name="WorstDrawdowns">The ten deepest drawdowns, deepest first.</param>
/// <param name="Rolling">Rolling figures over a year of periods, or a quarter of a shorter curve; at least 20 returns.</param>
internal sealed record CurveAnalysis(
    EquityCurve Curve, EquityCurve? Benchmark, EquityStatistics Statistics, IReadOnlyList<Drawdown> WorstDrawdowns,
    IReadOnlyList<PeriodReturn> Months, IReadOnlyList<PeriodReturn> Years, RollingStatistics Rolling, ReturnHistogram Histogram,
    IReadOnlyList<CrisisResult> Crises)
{
    /// <summary>The curve and the benchmark as they are compared; null without a benchmark.</summary>
    public CurveJoin? Join { get; init; }

    /// <summary>Resampled paths of the curve; null for none.</summary>
    public ResamplingResults? Resampling { get; init; }

    /// <summary>Notes for the reader, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>Analyses any equity curve, from Granary or another program.</summary>
internal static class AnalyzeCurve
{
    /// <exception cref="BarDataException">A file or the number of periods is not usable. The message is one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static CurveAnalysis Run(AnalyzeRequest request)
    {
        if (request.PeriodsPerYear is { } given && !(given > 0 && double.IsFinite(given)))
            throw new BarDataException(FormattableString.Invariant(
                $"--periods-per-year {given}: a positive number is needed, such as 252 for daily bars of stocks"));
        if (!(Math.Abs(request.RiskFreePercent) <= 100))
            throw new BarDataException(
                FormattableString.Invariant($"--risk-free {request.RiskFreePercent}: a percentage a year is needed, such as 2.5"));
        var curve = EquityCurveFile.Read(request.EquityFile, request.Tables);
        var benchmark = request.BenchmarkFile is null ? null : EquityCurveFile.Read(request.BenchmarkFile, request.Tables);
        if (benchmark is not null && CurveJoin.Of(curve, benchmark) is { Own.Count: < 3 } join)
            throw BarDataException.At(request.BenchmarkFile!, null, "date",
                $"fewer than three {(join.IsByDay ? "days" : "times")} are also in {request.EquityFile}",
                "give a benchmark over the same dates");
        var analysis = Of(curve, benchmark, request.PeriodsPerYear, RiskFreeRate.Of(request.RiskFreePercent / 100));
        if (request.Resampling is not { } plan) return analysis;
        var trades = request.TradesFile is { } file ? AnalyzeTrades.Run(file).Closed : null;
        return analysis with { Resampling = AccountResampling.Of(ResampledRecord.Of(curve, trades), plan, request.Threads) };
    }

    /// <summary>Analyses curves in memory.</summary>
    public static CurveAnalysis Of(EquityCurve curve, EquityCurve? benchmark = null, double? periodsPerYear = null,
        RiskFreeRate? riskFree = null)
    {
        var statistics = EquityStatistics.Of(curve, periodsPerYear, benchmark)
            .Above(riskFree ?? RiskFreeRate.None, curve, benchmark);
        var returns = curve.Count - 1;
        var window = Math.Max(20, (int)Math.Min(Math.Round(statistics.PeriodsPerYear), returns / 4.0));
        return new CurveAnalysis(curve, benchmark, statistics, Drawdown.Worst(curve), PeriodReturn.Monthly(curve),
            PeriodReturn.Yearly(curve),
            RollingStatistics.Of(curve, window, statistics.PeriodsPerYear), ReturnHistogram.Of(curve.Returns),
            CrisisPeriod.Of(curve, benchmark))
        {
            Join = benchmark is null ? null : CurveJoin.Of(curve, benchmark),
            Notes =
            [
                .. ShortRecord.Of(returns, curve.Days),
                .. PeriodNotes.Of(PeriodsPerYear.Count(curve.Times), statistics.PeriodsPerYear, "--periods-per-year"),
            ],
        };
    }
}
