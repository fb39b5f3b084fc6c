namespace Granary.Engine.Portfolio.Rules;

/// <summary>Limits of the portfolio; null = no limit. Percentages are of its equity.</summary>
public sealed record PortfolioLimits
{
    /// <summary>The keys of <c>portfolio.limits</c> in a batch that are reserved: a rule cannot use them as its name.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "maxPositions", "maxGrossPercent", "maxNetPercent", "maxSymbolPercent", "maxStrategyPercent", "maxLeverage", "maxTurnoverPercent",
        "maxCorrelatedPercent", "correlation", "days", "groups", "riskPercent", "maxDrawdownPercent", "resumeDrawdownPercent",
        "resumeAfterDays", "dailyLossPercent", "restrictedSymbols", "exclusiveSymbols", "reserved", "enforce",
    ];

    /// <summary>The most trades open at once.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Sum of the absolute values of all positions.</summary>
    public double? MaxGrossPercent { get; init; }

    /// <summary>Absolute value of longs minus shorts.</summary>
    public double? MaxNetPercent { get; init; }

    /// <summary>Sum of the absolute values of all positions in one symbol.</summary>
    public double? MaxSymbolPercent { get; init; }

    public double? MaxStrategyPercent { get; init; }

    /// <summary>
    /// Most that a trade may lose at its stop distance. Larger trades are reduced; trades without a stop are not limited.
    /// </summary>
    public double? RiskPercent { get; init; }

    /// <summary>No entries while the equity is at least this far below its peak.</summary>
    public double? MaxDrawdownPercent { get; init; }

    /// <summary>No entries for the rest of a UTC day that has lost at least this much.</summary>
    public double? DailyLossPercent { get; init; }

    public IReadOnlyList<string> RestrictedSymbols { get; init; } = [];

    /// <summary>Sum of the absolute values of all positions as a multiple of the equity.</summary>
    public double? MaxLeverage { get; init; }

    /// <summary>No entries for the rest of a UTC day after this value was traded, purchases plus sales, in percent of the equity.</summary>
    public double? MaxTurnoverPercent { get; init; }

    /// <summary>Sum of the absolute values of the positions in a symbol and in all symbols correlated with it.</summary>
    public double? MaxCorrelatedPercent { get; init; }

    /// <summary>Least absolute correlation of daily returns at which two symbols count as correlated.</summary>
    public double Correlation { get; init; } = 0.8;

    /// <summary>Days of returns from which correlations and volatilities are computed.</summary>
    public int Days { get; init; } = 60;

    /// <summary>Groups of symbols with a common limit, such as sectors.</summary>
    public IReadOnlyList<PortfolioGroup> Groups { get; init; } = [];

    /// <summary>
    /// The drawdown at which entries resume after <see cref="MaxDrawdownPercent"/> has stopped them; null = as soon as the drawdown is
    /// below that limit.
    /// </summary>
    public double? ResumeDrawdownPercent { get; init; }

    /// <summary>
    /// Entries resume after this many days at the latest; the equity of that day becomes the peak. Null = no such time limit.
    /// </summary>
    public int? ResumeAfterDays { get; init; }

    /// <summary>Only one strategy at a time holds a symbol: the first that is accepted, until it has closed its position.</summary>
    public bool ExclusiveSymbols { get; init; }

    /// <summary>Strategies that alone may hold a symbol, by symbol: strategy ids, or prefixes with a '*'.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Reserved { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The catalogue's rules that the batch selects, ordered by name.</summary>
    public IReadOnlyList<ChosenRule> Rules { get; init; } = [];

    /// <summary>Whether a pattern of <see cref="Reserved"/> matches a strategy's id.</summary>
    public static bool Names(string pattern, string id) =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : id == pattern;

    /// <summary>
    /// Enforces limits at every bar and at any price. Accepted signals that are not filled yet count in all limits. A fill is cut to the
    /// remaining room. If price changes exceed a limit, the excess is closed at the bar's close. If false, limits are checked only when a
    /// signal is decided, and price changes may exceed them.
    /// </summary>
    public bool AtEveryBar { get; init; }
}
