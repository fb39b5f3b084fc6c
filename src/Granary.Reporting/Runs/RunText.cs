using System.Globalization;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>Spelling of values in the run's files.</summary>
public static class RunText
{
    public static string Of(Side side) => side == Side.Buy ? "long" : "short";

    public static string Of(Sides sides) => sides switch { Sides.Long => "long", Sides.Short => "short", _ => "both" };

    public static string Of(ExitReason reason) => reason switch
    {
        ExitReason.Open => "open",
        ExitReason.Signal => "signal",
        ExitReason.Stop => "stop",
        ExitReason.Target => "target",
        ExitReason.TrailingStop => "trailing-stop",
        ExitReason.MaxBars => "max-bars",
        ExitReason.MarginCall => "margin-call",
        ExitReason.Limit => "limit",
        ExitReason.Handover => "handover",
        ExitReason.Ruined => "ruined",
        ExitReason.DataEnded => "data-ended",
        ExitReason.Time => "time",
    };

    public static string Of(PortfolioFillKind kind) => kind switch
    {
        PortfolioFillKind.Entry => "entry",
        PortfolioFillKind.Exit => "exit",
        PortfolioFillKind.Split => "split",
    };

    public static string Of(Decision decision) => decision switch
    {
        Decision.Accepted => "accepted",
        Decision.WeightZero => "weight-zero",
        Decision.RestrictedSymbol => "restricted-symbol",
        Decision.MaxPositions => "max-positions",
        Decision.MaxGross => "max-gross",
        Decision.MaxNet => "max-net",
        Decision.MaxSymbol => "max-symbol",
        Decision.MaxStrategy => "max-strategy",
        Decision.MaxDrawdown => "max-drawdown",
        Decision.DailyLoss => "daily-loss",
        Decision.NoCash => "no-cash",
        Decision.NoQuantity => "no-quantity",
        Decision.ModelRefused => "model-refused",
        Decision.Disabled => "disabled",
        Decision.MaxLeverage => "max-leverage",
        Decision.MaxTurnover => "max-turnover",
        Decision.MaxCorrelated => "max-correlated",
        Decision.MaxGroup => "max-group",
        Decision.Reserved => "reserved",
        Decision.SamePeriod => "same-period",
        Decision.NotEnoughHistory => "not-enough-history",
        Decision.NoStop => "no-stop",
        Decision.VolumeTaken => "volume-taken",
        Decision.Expired => "expired",
        Decision.Ruined => "ruined",
        Decision.Rule => "rule",
        Decision.PredictedRisk => "predicted-risk",
        Decision.StrategyRefused => "strategy-refused",
    };

    public static string Of(SignalEnd end) => end switch
    {
        SignalEnd.Expired => "expired",
        SignalEnd.Cancelled => "cancelled",
        SignalEnd.NoCash => "no-cash",
        SignalEnd.NoQuantity => "no-quantity",
        SignalEnd.NoStop => "no-stop",
        SignalEnd.Unfilled => "unfilled",
    };

    /// <summary>ISO 8601 time in UTC, with fractions of a second only if there are any.</summary>
    public static string Time(long ticks)
    {
        var time = new DateTime(ticks, DateTimeKind.Utc);
        return time.ToString(ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
            CultureInfo.InvariantCulture);
    }

    /// <summary>The shortest text that parses to the same double; empty if undefined.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";
}
