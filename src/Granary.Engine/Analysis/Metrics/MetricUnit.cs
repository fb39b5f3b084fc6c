namespace Granary.Engine.Analysis.Metrics;

/// <summary>The unit of a metric, which decides how it is printed.</summary>
public enum MetricUnit
{
    /// <summary>A ratio without a unit.</summary>
    Ratio,

    /// <summary>A whole number.</summary>
    Count,

    /// <summary>A share of a whole, a fraction.</summary>
    Share,

    /// <summary>A return, a fraction with a sign.</summary>
    Return,

    /// <summary>A fraction, such as a deviation or a drawdown.</summary>
    Fraction,

    /// <summary>Calendar days.</summary>
    Days,

    /// <summary>A number of returns, rounded up.</summary>
    Periods,

    /// <summary>A mean number of bars.</summary>
    Bars,

    /// <summary>A number per year.</summary>
    PerYear,

    /// <summary>An amount in account currency.</summary>
    Money,

    /// <summary>A profit or a loss in account currency.</summary>
    Profit,
}
