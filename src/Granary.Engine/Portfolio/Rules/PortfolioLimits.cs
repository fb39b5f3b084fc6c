namespace Granary.Engine.Portfolio.Rules;

/// <summary>What the portfolio must not exceed; null = no limit. Percentages are of its equity.</summary>
public sealed record PortfolioLimits
{
    /// <summary>The keys of <c>portfolio.limits</c> in a batch that are no names of rules; a rule needs another name.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "maxPositions", "maxGrossPercent", "maxNetPercent", "maxSymbolPercent", "maxStrategyPercent", "maxLeverage", "maxTurnoverPercent",
        "maxCorrelatedPercent", "correlation", "days", "groups", "riskPercent", "maxDrawdownPercent", "resumeDrawdownPercent",
        "resumeAfterDays", "dailyLossPercent", "restrictedSymbols", "exclusiveSymbols", "reserved", "enforce",
    ];

    /// <summary>Trades open at once.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>Sum of the absolute values of all positions.</summary>
    public double? MaxGrossPercent { get; init; }

    /// <summary>Absolute value of longs minus shorts.</summary>
    public double? MaxNetPercent { get; init; }

    /// <summary>Sum of the absolute values of all positions in one symbol.</summary>
    public double? MaxSymbolPercent { get; init; }

    public double? MaxStrategyPercent { get; init; }

    /// <summary>
    /// The most that the way to its stop may cost a trade; larger ones are made smaller, those without a stop are left alone.
    /// </summary>
    public double? RiskPercent { get; init; }

    /// <summary>No entries while the equity is so far below its peak.</summary>
    public double? MaxDrawdownPercent { get; init; }

    /// <summary>No entries for the rest of a UTC day that has lost so much.</summary>
    public double? DailyLossPercent { get; init; }

    public IReadOnlyList<string> RestrictedSymbols { get; init; } = [];

    /// <summary>Sum of the absolute values of all positions as a multiple of the equity.</summary>
    public double? MaxLeverage { get; init; }

    /// <summary>No entries for the rest of a UTC day on which so much was traded, both ways, in percent of the equity.</summary>
    public double? MaxTurnoverPercent { get; init; }

    /// <summary>Sum of the absolute values of the positions in a symbol and in all that move with it.</summary>
    public double? MaxCorrelatedPercent { get; init; }

    /// <summary>Symbols whose daily returns correlate at least so much, either way, move together.</summary>
    public double Correlation { get; init; } = 0.8;

    /// <summary>Days of returns that correlations and volatilities are taken from.</summary>
    public int Days { get; init; } = 60;

    /// <summary>Symbols that share a limit, as sectors.</summary>
    public IReadOnlyList<PortfolioGroup> Groups { get; init; } = [];

    /// <summary>
    /// After <see cref="MaxDrawdownPercent"/> has stopped entries, they resume when the equity is no more than this below its peak; null =
    /// as soon as it is less than the limit below.
    /// </summary>
    public double? ResumeDrawdownPercent { get; init; }

    /// <summary>
    /// They resume after so many days at the latest, and the peak is then taken to be the equity of that day; null = never for that reason.
    /// </summary>
    public int? ResumeAfterDays { get; init; }

    /// <summary>A symbol is one strategy's at a time: the first to be accepted has it until it has nothing of it any more.</summary>
    public bool ExclusiveSymbols { get; init; }

    /// <summary>By symbol, who alone may hold it: strategy ids, or their beginnings with a '*'.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Reserved { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Rules of the catalogue that the batch names, in the order of their names.</summary>
    public IReadOnlyList<ChosenRule> Rules { get; init; } = [];

    /// <summary>Whether a pattern of <see cref="Reserved"/> is a strategy's id, or with a '*' its beginning.</summary>
    public static bool Names(string pattern, string id) =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : id == pattern;

    /// <summary>
    /// Limits hold at every bar and at any price: accepted signals that are not filled yet count in all of them, a fill is cut to what they
    /// leave, and what prices have carried beyond them is closed in part at the bar's close. If not, they are asked when a signal is
    /// decided, and prices may drift beyond them.
    /// </summary>
    public bool AtEveryBar { get; init; }
}
