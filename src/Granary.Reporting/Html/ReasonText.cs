using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Html;

/// <summary>Describes exit reasons and decisions in words.</summary>
public static class ReasonText
{
    public static string Of(ExitReason reason) => reason switch
    {
        ExitReason.Open => "still open",
        ExitReason.Signal => "signal",
        ExitReason.Stop => "stop",
        ExitReason.Target => "target",
        ExitReason.TrailingStop => "trailing stop",
        ExitReason.MaxBars => "bars held",
        ExitReason.Time => "time of day",
        ExitReason.MarginCall => "margin call",
        ExitReason.Limit => "limit",
        ExitReason.Handover => "handover",
        ExitReason.Ruined => "ruined",
        ExitReason.DataEnded => "data ended",
    };

    public static string Of(Decision decision) => decision switch
    {
        Decision.Accepted => "accepted",
        Decision.WeightZero => "weight is zero",
        Decision.RestrictedSymbol => "symbol is restricted",
        Decision.MaxPositions => "too many positions",
        Decision.MaxGross => "gross limit",
        Decision.MaxNet => "net limit",
        Decision.MaxSymbol => "symbol limit",
        Decision.MaxStrategy => "strategy limit",
        Decision.MaxDrawdown => "drawdown limit",
        Decision.DailyLoss => "daily loss limit",
        Decision.NoCash => "no cash",
        Decision.NoQuantity => "quantity rounds to nothing",
        Decision.StrategyRefused => "the strategy itself could not",
        Decision.Rule => "rule of the limits",
        _ => NumberText.Words(decision.ToString()).ToLowerInvariant(),
    };

    /// <summary>Explains the decision in one sentence.</summary>
    public static string Explained(Decision decision) => decision switch
    {
        Decision.Accepted => "Became an order of the portfolio.",
        Decision.WeightZero => "The strategy carries no weight; it is simulated only.",
        Decision.RestrictedSymbol => "limits.restrictedSymbols names the symbol.",
        Decision.MaxPositions => "As many trades were open as limits.maxPositions allows.",
        Decision.MaxGross => "Longs and shorts together would exceed limits.maxGrossPercent.",
        Decision.MaxNet => "Longs minus shorts would exceed limits.maxNetPercent.",
        Decision.MaxSymbol => "The symbol's positions would exceed limits.maxSymbolPercent.",
        Decision.MaxStrategy => "The strategy's positions would exceed limits.maxStrategyPercent.",
        Decision.MaxDrawdown => "Equity was further below its peak than limits.maxDrawdownPercent.",
        Decision.DailyLoss => "The day had lost more than limits.dailyLossPercent.",
        Decision.NoCash => "Free cash did not cover it; cash is never spent twice.",
        Decision.NoQuantity => "After weight, risk limit and lot nothing was left to buy.",
        Decision.StrategyRefused => "Its own account could not have taken it.",
        Decision.ModelRefused => "The strategy's model was against it.",
        Decision.Disabled => "The strategy or the symbol was switched off: by portfolio.enable, or by the operator.",
        Decision.MaxLeverage => "Positions would exceed limits.maxLeverage times the equity.",
        Decision.MaxTurnover => "As much had been traded on that day as limits.maxTurnoverPercent allows.",
        Decision.MaxCorrelated => "Symbols that move together would exceed limits.maxCorrelatedPercent.",
        Decision.MaxGroup => "The symbol's group was at its limit in limits.groups.",
        Decision.Reserved => "The symbol was another strategy's: limits.exclusiveSymbols or limits.reserved.",
        Decision.SamePeriod => "The strategy had a live signal of the same period, symbol and side already.",
        Decision.NotEnoughHistory => "portfolio.size needs more closed trades, or days, than there were.",
        Decision.NoStop => "The size goes by the stop distance, and the signal had no stop.",
        Decision.VolumeTaken => "When it filled, other strategies had taken execution.volumePercent of the bar's volume.",
        Decision.Expired => "Its symbol stopped trading before the entry could fill, and the entry was withdrawn.",
        Decision.Ruined => "Nothing was left of the portfolio's account; it was closed.",
        Decision.Rule => "A rule that portfolio.limits names refused it.",
        Decision.PredictedRisk => "The predicted drawdown left no room for more exposure.",
        _ => "",
    };

    /// <summary>Explains the cause of a trade's exit in one sentence.</summary>
    public static string Explained(ExitReason reason) => reason switch
    {
        ExitReason.Open => "The trade was open when the bars ended; its exit price is the last close.",
        ExitReason.Signal => "The strategy closed the trade.",
        ExitReason.Stop => "The price reached the stop; a gap beyond it fills at the open.",
        ExitReason.Target => "The price reached the target.",
        ExitReason.TrailingStop => "The price fell back by the trailing distance from the best close since the entry, or with trailFrom: "
            + "high from the highest high.",
        ExitReason.MaxBars => "The trade had been open for maxBars bars.",
        ExitReason.Time => "The time of day of exitAt had come.",
        ExitReason.MarginCall => "The equity was below what the positions need (execution.maintenancePercent).",
        ExitReason.Limit => "Prices had moved the portfolio beyond a limit that is enforced at every bar.",
        ExitReason.Handover => "The next choice of a walk-forward took over the account.",
        ExitReason.Ruined => "The account's equity had reached zero, and it was closed.",
        ExitReason.DataEnded => "The symbol stopped trading; the trade was closed at its last close (execution.atEnd: close).",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "an exit without an explanation"),
    };

    /// <summary>Explains in one sentence why a signal ended without a trade.</summary>
    public static string Explained(SignalEnd end) => end switch
    {
        SignalEnd.Expired => "The entry's time was over before it filled.",
        SignalEnd.Cancelled => "The strategy withdrew the entry before it filled.",
        SignalEnd.NoCash => "The strategy's own account could not pay for it.",
        SignalEnd.NoQuantity => "The size came to less than one lot.",
        SignalEnd.NoStop => "The size goes by the stop distance, and the entry had no stop.",
        SignalEnd.Unfilled => "The bars ended while the entry waited.",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, "an end without an explanation"),
    };

    public static string Of(SignalEnd end) => end switch
    {
        SignalEnd.Expired => "expired unfilled",
        SignalEnd.Cancelled => "cancelled",
        SignalEnd.NoCash => "no cash",
        SignalEnd.NoQuantity => "quantity rounds to nothing",
        SignalEnd.NoStop => "no stop to size on",
        SignalEnd.Unfilled => "bars ended first",
    };
}
