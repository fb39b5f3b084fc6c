namespace Granary.Engine.Portfolio.Rules;

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
    MaxLeverage,
    MaxTurnover,
    MaxCorrelated,
    /// <summary>Its group of symbols is at its limit.</summary>
    MaxGroup,
    /// <summary>The symbol is another strategy's.</summary>
    Reserved,
    /// <summary>The strategy has a live signal of this period, symbol and side already.</summary>
    SamePeriod,
    /// <summary>The sizing rule has not seen enough to size it: too few trades, or too few days.</summary>
    NotEnoughHistory,
    /// <summary>The sizing rule needs a stop, and there is none.</summary>
    NoStop,
    /// <summary>
    /// Accepted, but when its entry filled other strategies had taken the share of the bar's volume that all together may fill.
    /// </summary>
    VolumeTaken,
    /// <summary>Accepted, but its symbol stopped trading before the entry filled, and the entry was withdrawn.</summary>
    Expired,
    /// <summary>Nothing is left of the portfolio's account.</summary>
    Ruined,
    /// <summary>A rule that the limits name refused it.</summary>
    Rule,
    /// <summary>A model of the risk left no room for it.</summary>
    PredictedRisk,
}
