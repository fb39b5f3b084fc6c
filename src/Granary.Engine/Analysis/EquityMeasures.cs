namespace Granary.Engine.Analysis;

/// <summary>
/// Measurements of an equity curve or of an account's equity. Metrics are computed from them. Values that were not measured are NaN or 0.
/// </summary>
internal readonly record struct EquityMeasures
{
    /// <summary>The number of points of the curve.</summary>
    public long Points { get; init; }

    /// <summary>UTC ticks of the first point; 0 for an empty curve.</summary>
    public long FirstTime { get; init; }

    /// <summary>UTC ticks of the last point; 0 for an empty curve.</summary>
    public long LastTime { get; init; }

    /// <summary>The equity against which the first return is taken; NaN for an empty curve.</summary>
    public double Start { get; init; }

    /// <summary>The equity at the last point; NaN for an empty curve.</summary>
    public double Final { get; init; }

    /// <summary>Whether the equity reached zero. Returns are then undefined, and so are ratios.</summary>
    public bool IsRuined { get; init; }

    /// <summary>The factor that annualises deviations and means.</summary>
    public double PeriodsPerYear { get; init; }

    /// <summary>The number of returns.</summary>
    public long Returns { get; init; }

    /// <summary>Mean of the returns; NaN for a ruined account.</summary>
    public double Mean { get; init; }

    /// <summary>Deviation of the returns, ddof 1; NaN with fewer than two.</summary>
    public double Deviation { get; init; }

    /// <summary>Root of the mean of the squared negative returns, over all returns.</summary>
    public double Downside { get; init; }

    /// <summary>Population skewness of the returns.</summary>
    public double Skew { get; init; }

    /// <summary>Population kurtosis of the returns, raw.</summary>
    public double Kurtosis { get; init; }

    /// <summary>The sum of the positive returns.</summary>
    public double Gains { get; init; }

    /// <summary>The sum of the negative returns, as a positive number.</summary>
    public double Losses { get; init; }

    /// <summary>The number of positive returns.</summary>
    public long PositiveReturns { get; init; }

    /// <summary>The number of returns that are not zero.</summary>
    public long NonZeroReturns { get; init; }

    /// <summary>The deepest fall, as a positive fraction of the running peak.</summary>
    public double MaxDrawdown { get; init; }

    /// <summary>Calendar days from the deepest drawdown's peak to its recovery, or to the last point.</summary>
    public double MaxDrawdownDays { get; init; }

    /// <summary>The deepest drawdown; null if equity never fell, and for strategies.</summary>
    public Drawdown? DeepestDrawdown { get; init; }

    /// <summary>The most calendar days from any peak to its recovery, or to the last point.</summary>
    public double LongestUnderwaterDays { get; init; }

    /// <summary>Mean of the squared drawdowns.</summary>
    public double MeanSquaredDrawdown { get; init; }

    public int Months { get; init; }

    /// <summary>Months whose last equity exceeds the last one before the month.</summary>
    public int MonthsUp { get; init; }

    public double BestMonth { get; init; }

    public double WorstMonth { get; init; }

    /// <summary>Weeks from Monday to Sunday.</summary>
    public int Weeks { get; init; }

    public int WeeksUp { get; init; }

    /// <summary>The last equity over the first.</summary>
    public double Growth => Start > 0 ? Final / Start : double.NaN;

    /// <summary>Calendar days from the first point to the last.</summary>
    public double Days => (LastTime - FirstTime) / (double)TimeSpan.TicksPerDay;

    /// <summary>Growth to a power, less 1; −1 if the account lost everything.</summary>
    public static double Yearly(double growth, double exponent) =>
        growth <= 0 ? -1 : double.IsFinite(exponent) ? Math.Pow(growth, exponent) - 1 : double.NaN;

    /// <summary>The measures of an account with too few rows for any return.</summary>
    public static EquityMeasures Unmeasured(double start, double final) => new()
    {
        Start = start,
        Final = final,
        IsRuined = !(final > 0),
        PeriodsPerYear = double.NaN,
        Mean = double.NaN,
        Deviation = double.NaN,
        Downside = double.NaN,
        Skew = double.NaN,
        Kurtosis = double.NaN,
        BestMonth = double.NaN,
        WorstMonth = double.NaN,
    };
}
