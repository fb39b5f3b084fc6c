namespace Granary;

/// <summary>The keys of a batch's <c>portfolio.size</c>.</summary>
public sealed record BatchPortfolioSize
{
    /// <summary>Base units.</summary>
    public double? Units { get; init; }

    /// <summary>Account currency.</summary>
    public double? Cash { get; init; }

    /// <summary>Of the portfolio's equity.</summary>
    public double? PercentOfEquity { get; init; }

    /// <summary>Of the portfolio's equity, lost at the stop distance; it needs a stop.</summary>
    public double? RiskPercent { get; init; }

    /// <summary>By which the position alone moves the equity in a year, one standard deviation.</summary>
    public double? VolatilityPercent { get; init; }

    /// <summary>Fraction of Kelly's formula over the last closed trades of the strategy.</summary>
    public double? Kelly { get; init; }

    /// <summary>Greatest position, in percent of the equity; of volatilityPercent and kelly.</summary>
    public double? CapPercent { get; init; }

    /// <summary>Closed trades that kelly counts.</summary>
    public int? Trades { get; init; }

    /// <summary>Closed trades below which kelly gives nothing.</summary>
    public int? MinTrades { get; init; }
}
