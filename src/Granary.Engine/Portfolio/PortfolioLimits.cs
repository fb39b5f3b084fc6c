namespace Granary.Engine.Portfolio;

/// <summary>What the portfolio must not exceed; null = no limit. Percentages are of its equity.</summary>
public sealed record PortfolioLimits
{
    /// <summary>Trades open at once.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Sum of the absolute values of all positions.</summary>
    public double? MaxGrossPercent { get; init; }

    /// <summary>Absolute value of longs minus shorts.</summary>
    public double? MaxNetPercent { get; init; }

    /// <summary>Sum of the absolute values of all positions in one symbol.</summary>
    public double? MaxSymbolPercent { get; init; }

    public double? MaxStrategyPercent { get; init; }

    /// <summary>The most that the way to its stop may cost a trade; larger ones are made smaller, those without a stop are left alone.</summary>
    public double? RiskPercent { get; init; }

    /// <summary>No entries while the equity is so far below its peak.</summary>
    public double? MaxDrawdownPercent { get; init; }

    /// <summary>No entries for the rest of a UTC day that has lost so much.</summary>
    public double? DailyLossPercent { get; init; }

    public IReadOnlyList<string> RestrictedSymbols { get; init; } = [];
}

/// <summary>What the portfolio said to a signal.</summary>
public enum Decision : byte
{
    Accepted,
    WeightZero,
    RestrictedSymbol,
    MaxPositions,
    MaxGross,
    MaxNet,
    MaxSymbol,
    MaxStrategy,
    MaxDrawdown,
    DailyLoss,
    NoCash,
    NoQuantity,
    /// <summary>The strategy itself could not have taken it.</summary>
    StrategyRefused,
    /// <summary>The strategy's model is against it.</summary>
    ModelRefused,
    /// <summary>Its strategy or symbol is switched off for now.</summary>
    Disabled,
}
