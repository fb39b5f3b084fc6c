namespace Granary;

/// <summary>The keys of a batch's <c>strategies.size</c>.</summary>
public sealed record BatchSize
{
    /// <summary>Base units.</summary>
    public double? Units { get; init; }

    /// <summary>Percent of the strategy's equity.</summary>
    public double? PercentOfEquity { get; init; }

    /// <summary>Account currency.</summary>
    public double? Cash { get; init; }

    /// <summary>Percent of the equity that the stop distance may cost.</summary>
    public double? RiskPercent { get; init; }
}
