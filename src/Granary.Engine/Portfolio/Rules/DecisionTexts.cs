namespace Granary.Engine.Portfolio.Rules;

/// <summary>Definitions of the decisions: how files, tables and messages say them.</summary>
public static class DecisionTexts
{
    private static (string Word, string Title, string Sentence) Of(Decision decision) => decision switch
    {
        Decision.Accepted => ("accepted", "accepted", "Became an order of the portfolio."),
        Decision.WeightZero => ("weight-zero", "weight is zero", "The strategy carries no weight; it is simulated only."),
        Decision.RestrictedSymbol => ("restricted-symbol", "symbol is restricted", "limits.restrictedSymbols names the symbol."),
        Decision.MaxPositions => ("max-positions", "too many positions", "As many trades were open as limits.maxPositions allows."),
        Decision.MaxGross => ("max-gross", "gross limit", "Longs and shorts together would exceed limits.maxGrossPercent."),
        Decision.MaxNet => ("max-net", "net limit", "Longs minus shorts would exceed limits.maxNetPercent."),
        Decision.MaxSymbol => ("max-symbol", "symbol limit", "The symbol's positions would exceed limits.maxSymbolPercent."),
        Decision.MaxStrategy => ("max-strategy", "strategy limit", "The strategy's positions would exceed limits.maxStrategyPercent."),
        Decision.MaxDrawdown => ("max-drawdown", "drawdown limit", "Equity was further below its peak than limits.maxDrawdownPercent."),
        Decision.DailyLoss => ("daily-loss", "daily loss limit", "The day had lost more than limits.dailyLossPercent."),
        Decision.NoCash => ("no-cash", "no cash", "Free cash did not cover it; cash is never spent twice."),
        Decision.NoQuantity => ("no-quantity", "quantity rounds to nothing", "After weight, risk limit and lot nothing was left to buy."),
        Decision.StrategyRefused => ("strategy-refused", "the strategy itself could not", "Its own account could not have taken it."),
        Decision.ModelRefused => ("model-refused", "model refused", "The strategy's model was against it."),
        Decision.Disabled => ("disabled", "disabled",
            "The strategy or the symbol was switched off: by portfolio.enable, or by the operator."),
        Decision.MaxLeverage => ("max-leverage", "max leverage", "Positions would exceed limits.maxLeverage times the equity."),
        Decision.MaxTurnover => ("max-turnover", "max turnover",
            "As much had been traded on that day as limits.maxTurnoverPercent allows."),
        Decision.MaxCorrelated => ("max-correlated", "max correlated",
            "Symbols that move together would exceed limits.maxCorrelatedPercent."),
        Decision.MaxGroup => ("max-group", "max group", "The symbol's group was at its limit in limits.groups."),
        Decision.Reserved => ("reserved", "reserved", "The symbol was another strategy's: limits.exclusiveSymbols or limits.reserved."),
        Decision.SamePeriod => ("same-period", "same period",
            "The strategy had a live signal of the same period, symbol and side already."),
        Decision.NotEnoughHistory => ("not-enough-history", "not enough history",
            "portfolio.size needs more closed trades, or days, than there were."),
        Decision.NoStop => ("no-stop", "no stop", "The size goes by the stop distance, and the signal had no stop."),
        Decision.VolumeTaken => ("volume-taken", "volume taken",
            "When it filled, other strategies had taken execution.volumePercent of the bar's volume."),
        Decision.Expired => ("expired", "expired", "Its symbol stopped trading before the entry could fill, and the entry was withdrawn."),
        Decision.Ruined => ("ruined", "ruined", "Nothing was left of the portfolio's account; it was closed."),
        Decision.Rule => ("rule", "rule of the limits", "A rule that portfolio.limits names refused it."),
        Decision.PredictedRisk => ("predicted-risk", "predicted risk", "The predicted drawdown left no room for more exposure."),
        Decision.BelowMinimum => ("below-minimum", "below the minimum",
            "Its order would have been smaller than minQuantity or minNotional of the instrument."),
    };

    /// <summary>Its spelling in files: "no-cash".</summary>
    public static string Word(this Decision decision) => Of(decision).Word;

    /// <summary>Its name in tables: "no cash".</summary>
    public static string Title(this Decision decision) => Of(decision).Title;

    /// <summary>Its explanation.</summary>
    public static string Sentence(this Decision decision) => Of(decision).Sentence;
}
