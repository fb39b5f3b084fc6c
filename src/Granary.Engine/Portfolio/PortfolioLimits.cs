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

    /// <summary>After <see cref="MaxDrawdownPercent"/> has stopped entries, they resume when the equity is no more than this below its peak; null = as soon as it is less than the limit below.</summary>
    public double? ResumeDrawdownPercent { get; init; }

    /// <summary>They resume after so many days at the latest, and the peak is then taken to be the equity of that day; null = never for that reason.</summary>
    public int? ResumeAfterDays { get; init; }

    /// <summary>A symbol is one strategy's at a time: the first to be accepted has it until it has nothing of it any more.</summary>
    public bool ExclusiveSymbols { get; init; }

    /// <summary>By symbol, who alone may hold it: strategy ids, or their beginnings with a '*'.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Reserved { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether a pattern of <see cref="Reserved"/> is a strategy's id, or with a '*' its beginning.</summary>
    public static bool Names(string pattern, string id) => pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : id == pattern;

    /// <summary>
    /// Limits hold at every bar and at any price: accepted signals that are not filled yet count in all of them, a fill is cut to what they leave, and what
    /// prices have carried beyond them is closed in part at the bar's close. If not, they are asked when a signal is decided, and prices may drift beyond them.
    /// </summary>
    public bool AtEveryBar { get; init; }
}

/// <summary>Symbols that share a limit.</summary>
/// <param name="MaxPercent">Sum of the absolute values of their positions; null = no limit.</param>
/// <param name="MaxPositions">Trades open in them at once; null = no limit.</param>
public sealed record PortfolioGroup(string Name, IReadOnlyList<string> Symbols, double? MaxPercent, int? MaxPositions);

public enum PortfolioSizeKind : byte
{
    /// <summary>The strategy's own quantity, times its weight.</summary>
    Strategy,
    Units,
    Cash,
    PercentOfEquity,
    /// <summary>So much that the way to the stop costs this percentage of the portfolio's equity.</summary>
    RiskPercent,
    /// <summary>So much that the position alone would move the portfolio's equity by this percentage in a year (one standard deviation).</summary>
    VolatilityTarget,
    /// <summary>This fraction of what Kelly's formula gives for the strategy's own past trades.</summary>
    Kelly,
}

/// <summary>What the portfolio does with an entry that its free cash does not pay for in full.</summary>
public enum InsufficientCash : byte
{
    /// <summary>Buys what can be paid, in whole lots; refuses less than one hundredth of what was asked.</summary>
    Resize,
    Reject,
}

/// <summary>How the portfolio sizes what it accepts; all times the strategy's weight.</summary>
/// <param name="Cap">The most of a position, in percent of the equity; of volatility target and Kelly.</param>
/// <param name="Trades">Kelly looks at the last so many closed trades of the strategy, also those that the portfolio refused.</param>
/// <param name="MinTrades">Before it has so many, Kelly gives nothing.</param>
public sealed record PortfolioSizing(PortfolioSizeKind Kind, double Value = 1, double Cap = 100, int Trades = 100, int MinTrades = 20)
{
    public static PortfolioSizing Own { get; } = new(PortfolioSizeKind.Strategy);

    public InsufficientCash OnInsufficientCash { get; init; } = InsufficientCash.Resize;
}

/// <summary>
/// Which strategies and symbols may enter, looked at once a UTC day by their own closed trades up to then, also those that the portfolio refused: so what is
/// switched off goes on being judged, and comes back. Null = not asked.
/// </summary>
/// <param name="Trades">The last so many count.</param>
/// <param name="MinTrades">Before there are so many, they are on.</param>
/// <param name="Strategies">Each strategy by its own trades.</param>
/// <param name="Symbols">Each symbol by the trades of all strategies in it.</param>
public sealed record EnablementRule(int Trades, int MinTrades, double? MinProfitFactor, double? MinWinRate, double? MinExpectancy, bool Strategies, bool Symbols);

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
    /// <summary>Accepted, but when its entry filled other strategies had taken the share of the bar's volume that all together may fill.</summary>
    VolumeTaken,
    /// <summary>Accepted, but its symbol stopped trading before the entry filled, and the entry was withdrawn.</summary>
    Expired,
    /// <summary>Nothing is left of the portfolio's account.</summary>
    Ruined,
}
