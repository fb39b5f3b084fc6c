using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>When the limits of a portfolio are checked.</summary>
public enum LimitCheck
{
    /// <summary>Only when a signal is decided; price changes may exceed a limit.</summary>
    Signal,
    /// <summary>
    /// At every bar and at any price. Accepted signals that are not filled yet count in all limits. A fill is cut to the remaining room. If
    /// price changes exceed a limit, the excess is closed at the bar's close.
    /// </summary>
    EveryBar,
}

/// <summary>Limits of the portfolio; null = no limit. Percentages are of its equity.</summary>
public sealed record PortfolioLimits
{
    [Key("when that many are open or accepted"), Range(0, int.MaxValue)]
    public int? MaxPositions { get; init; }

    [Key("that takes longs plus shorts beyond this percentage of the equity"), Range(0, 1e6)]
    public double? MaxGrossPercent { get; init; }

    [Key("that takes longs plus shorts beyond this multiple of the equity"), Range(0, 1e4)]
    public double? MaxLeverage { get; init; }

    [Key("that takes longs minus shorts, in either direction, beyond this percentage of the equity"), Range(0, 1e6)]
    public double? MaxNetPercent { get; init; }

    [Key("that takes the positions in one symbol, longs plus shorts, beyond this percentage of the equity"), Range(0, 1e6)]
    public double? MaxSymbolPercent { get; init; }

    [Key("that takes the positions of one strategy beyond this percentage of the equity"), Range(0, 1e6)]
    public double? MaxStrategyPercent { get; init; }

    /// <summary>Groups of symbols with a common limit, such as sectors, by name.</summary>
    [Key("by symbols that share a limit: `{ \"tech\": { \"symbols\": [\"AAPL\", \"MSFT\"], \"maxPercent\": 30, \"maxPositions\": 2 } }`")]
    public IReadOnlyDictionary<string, PortfolioGroup> Groups { get; init; } = new Dictionary<string, PortfolioGroup>();

    [Key("that takes a symbol and its correlated ones beyond this percentage of the equity"), Range(0, 1e6)]
    public double? MaxCorrelatedPercent { get; init; }

    [Key("never; the least absolute correlation of daily returns at which two symbols are correlated"), Range(0, 1)]
    public double Correlation { get; init; } = 0.8;

    [Key("never; the days of returns from which correlations and volatilities are computed"), Range(10, 10_000)]
    public int Days { get; init; } = 60;

    [Key("on a UTC day on which this percentage of the equity was traded, purchases plus sales"), Range(0, 1e6)]
    public double? MaxTurnoverPercent { get; init; }

    /// <summary>Trades without a stop are not limited.</summary>
    [Key("never; it reduces the quantity so that a loss of the stop distance costs at most this percentage of the equity"), Range(0, 100)]
    public double? RiskPercent { get; init; }

    [Key("for the rest of a UTC day with this loss"), Range(0, 100)]
    public double? DailyLossPercent { get; init; }

    [Key("while the equity is at least this far below its peak"), Range(0, 100)]
    public double? MaxDrawdownPercent { get; init; }

    [Key("never; the drawdown at which entries resume after `maxDrawdownPercent`", Without = "below that limit"), Range(0, 100)]
    public double? ResumeDrawdownPercent { get; init; }

    [Key("never; days after which entries resume at the latest, and the day's equity becomes the peak", Without = "no such time"),
        Range(1, 100_000)]
    public int? ResumeAfterDays { get; init; }

    [Key("in these symbols")]
    public IReadOnlyList<string> RestrictedSymbols { get; init; } = [];

    [Key("in a symbol that another strategy holds: the first that is accepted, until it has closed its position")]
    public bool ExclusiveSymbols { get; init; }

    [Key("in a symbol that is reserved for others, strategy ids or their beginnings with `*`: `{ \"BTCUSDT\": [\"SmaCross*\"] }`")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Reserved { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    [Key("`signal`: limits are checked at signals only. `every-bar`: also at fills with a worse price, and at each close, where the excess "
        + "is closed (`exit_reason` `limit`)")]
    public LimitCheck Enforce { get; init; }

    /// <summary>The catalogue's rules that the batch selects, ordered by name.</summary>
    public IReadOnlyList<ChosenRule> Rules { get; init; } = [];

    /// <summary>Whether a pattern of <see cref="Reserved"/> matches a strategy's id.</summary>
    public static bool Names(string pattern, string id) =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : id == pattern;
}
