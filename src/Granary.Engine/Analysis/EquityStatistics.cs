namespace Granary.Engine.Analysis;

/// <summary>
/// What an equity curve earned and what it cost in nerves. Fractions, not percent; risk-free rate 0; simple returns r_t = E_t / E_{t-1} − 1;
/// NaN where a value is undefined (fewer than two points, no deviation, no loss). The formulas are in <see cref="Formulas"/>.
/// </summary>
public sealed record EquityStatistics
{
    /// <summary>The number of points of the curve.</summary>
    public required long Points { get; init; }

    /// <summary>UTC ticks of the first point; 0 for an empty curve.</summary>
    public required long FirstTime { get; init; }

    /// <summary>UTC ticks of the last point; 0 for an empty curve.</summary>
    public required long LastTime { get; init; }

    public required double FirstEquity { get; init; }

    public required double FinalEquity { get; init; }

    /// <summary>What deviations and means are annualised with.</summary>
    public required double PeriodsPerYear { get; init; }

    public required double TotalReturn { get; init; }

    /// <summary>Yearly growth by calendar time, 365.25 days to the year; −1 when nothing is left.</summary>
    public required double Cagr { get; init; }

    /// <summary>Yearly growth by the number of periods instead of calendar time.</summary>
    public required double CagrByPeriods { get; init; }

    /// <summary>Annualised deviation of the returns, ddof 1.</summary>
    public required double Volatility { get; init; }

    public required double Sharpe { get; init; }

    /// <summary>Mean over downside deviation (target 0, over all periods), annualised.</summary>
    public required double Sortino { get; init; }

    /// <summary>CAGR over the maximum drawdown.</summary>
    public required double Calmar { get; init; }

    /// <summary>The deepest fall, as a positive fraction of the running peak.</summary>
    public required double MaxDrawdown { get; init; }

    /// <summary>Calendar days from the deepest drawdown's peak to its recovery, or to the last point where it has not recovered.</summary>
    public required double MaxDrawdownDays { get; init; }

    /// <summary>The deepest drawdown itself; null where equity never fell.</summary>
    public required Drawdown? DeepestDrawdown { get; init; }

    /// <summary>The most calendar days from any peak to its recovery, or to the last point.</summary>
    public required double LongestUnderwaterDays { get; init; }

    /// <summary>Root of the mean squared drawdown, as a fraction.</summary>
    public required double UlcerIndex { get; init; }

    /// <summary>Share of calendar months whose last equity exceeds the last one before the month (for the first month: the first equity).</summary>
    public required double MonthsProfitable { get; init; }

    public required int Months { get; init; }

    public required double BestMonth { get; init; }

    public required double WorstMonth { get; init; }

    /// <summary>The same by weeks from Monday to Sunday.</summary>
    public required double WeeksProfitable { get; init; }

    public required int Weeks { get; init; }

    /// <summary>Share of all periods with a positive return.</summary>
    public required double PeriodsProfitable { get; init; }

    /// <summary>Share of positive returns among those that are not zero.</summary>
    public required double ActivePeriodsProfitable { get; init; }

    /// <summary>Sum of gains over sum of losses, threshold 0.</summary>
    public required double Omega { get; init; }

    /// <summary>Population skewness of the returns.</summary>
    public required double Skew { get; init; }

    /// <summary>Population kurtosis of the returns, raw: 3 for the normal distribution.</summary>
    public required double Kurtosis { get; init; }

    /// <summary>P(true Sharpe > 0), from the record's length, skew and raw kurtosis.</summary>
    public required double ProbabilisticSharpe { get; init; }

    /// <summary>The loss that 1 period in 20 exceeds, as a positive fraction; NaN where the returns were not kept.</summary>
    public double Var95 { get; init; } = double.NaN;

    /// <summary>The mean loss of those periods, as a positive fraction; NaN where the returns were not kept.</summary>
    public double Cvar95 { get; init; } = double.NaN;

    /// <summary>The same of the periods whose return is not zero: those in which something was at stake.</summary>
    public double Var95InMarket { get; init; } = double.NaN;

    /// <summary>The mean loss of those periods, as a positive fraction.</summary>
    public double Cvar95InMarket { get; init; } = double.NaN;

    /// <summary>Against a benchmark; null without one.</summary>
    public BenchmarkStatistics? Benchmark { get; init; }

    /// <summary>P(true Sharpe > what the best of so many worthless trials shows); see <see cref="SharpeConfidence.Deflated"/>.</summary>
    /// <param name="variance">Of the trials' Sharpe ratios, per period (annualised ones divided by √periods per year).</param>
    public double DeflatedSharpe(double variance, double trials) =>
        SharpeConfidence.Deflated(Sharpe / Math.Sqrt(PeriodsPerYear), Points - 1, Skew, Kurtosis, variance, trials);

    /// <summary>The Sharpe ratio of the returns less a yearly rate, a fraction.</summary>
    public double SharpeAbove(double riskFree) => SharpeAbove(Sharpe, Volatility, riskFree);

    /// <summary>(mean − rate ÷ n) ÷ deviation · √n, with n periods a year, is the ratio less the rate over deviation · √n.</summary>
    public static double SharpeAbove(double sharpe, double volatility, double riskFree) => sharpe - riskFree / volatility;

    /// <summary>How many returns it takes to believe at 95 % that the true Sharpe exceeds zero.</summary>
    public double MinimumTrackRecordLength => SharpeConfidence.MinimumTrackRecordLength(Sharpe / Math.Sqrt(PeriodsPerYear), 0, Skew, Kurtosis);

    /// <summary>All of them for a curve that is held in memory; a run that streams uses <see cref="EquityAccumulator"/>, which is what this uses too.</summary>
    /// <param name="periodsPerYear">Null to infer it from the times.</param>
    /// <param name="benchmark">Compared at the times that both curves have.</param>
    public static EquityStatistics Of(EquityCurve curve, double? periodsPerYear = null, EquityCurve? benchmark = null)
    {
        var perYear = periodsPerYear ?? Analysis.PeriodsPerYear.Infer(curve.Times);
        var accumulator = new EquityAccumulator();
        accumulator.Add(curve.Times, curve.Values);
        var (var95, cvar95) = TailRisk.Historical(curve.Returns, 0.05);
        var (var95InMarket, cvar95InMarket) = TailRisk.Historical([.. curve.Returns.ToArray().Where(r => r != 0)], 0.05);
        return accumulator.ToStatistics(perYear) with
        {
            Var95 = var95,
            Cvar95 = cvar95,
            Var95InMarket = var95InMarket,
            Cvar95InMarket = cvar95InMarket,
            Benchmark = benchmark is null ? null : BenchmarkStatistics.Of(curve, benchmark, perYear),
        };
    }
}
