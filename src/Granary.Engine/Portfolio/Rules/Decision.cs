namespace Granary.Engine.Portfolio.Rules;

/// <summary>Decision of the portfolio on a signal. <see cref="DecisionTexts"/> defines each value.</summary>
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
    /// <summary>The strategy's own account refused it.</summary>
    StrategyRefused,
    /// <summary>The strategy's model refused it.</summary>
    ModelRefused,
    /// <summary>Its strategy or symbol is disabled.</summary>
    Disabled,
    MaxLeverage,
    MaxTurnover,
    MaxCorrelated,
    /// <summary>Its group of symbols is at its limit.</summary>
    MaxGroup,
    /// <summary>The symbol is reserved for another strategy.</summary>
    Reserved,
    /// <summary>The strategy already has an active signal of this period, symbol and side.</summary>
    SamePeriod,
    /// <summary>The sizing rule has too few trades or days to size it.</summary>
    NotEnoughHistory,
    /// <summary>The sizing rule needs a stop, and the signal has none.</summary>
    NoStop,
    /// <summary>Accepted, but at its fill other strategies had reached the volume cap of the bar.</summary>
    VolumeTaken,
    /// <summary>Accepted, but withdrawn because its symbol stopped trading before the entry filled.</summary>
    Expired,
    /// <summary>The portfolio's account has lost everything.</summary>
    Ruined,
    /// <summary>A rule from the limits refused it.</summary>
    Rule,
    /// <summary>The cap of a risk model left no room for it.</summary>
    PredictedRisk,
    /// <summary>The portfolio's order would have been smaller than the instrument permits.</summary>
    BelowMinimum,
}
