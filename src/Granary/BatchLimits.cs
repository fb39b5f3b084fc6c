using System.Text.Json.Serialization;

namespace Granary;

/// <summary>The keys of a batch's <c>portfolio.limits</c>.</summary>
public sealed record BatchLimits
{
    /// <summary>In these symbols.</summary>
    public IReadOnlyList<string>? RestrictedSymbols { get; init; }

    /// <summary>While the equity is at least this far below its peak.</summary>
    public double? MaxDrawdownPercent { get; init; }

    /// <summary>Never; the drawdown at which entries resume after maxDrawdownPercent.</summary>
    public double? ResumeDrawdownPercent { get; init; }

    /// <summary>Never; days after which entries resume at the latest, and the day's equity becomes the peak.</summary>
    public int? ResumeAfterDays { get; init; }

    /// <summary>For the rest of a UTC day with this loss.</summary>
    public double? DailyLossPercent { get; init; }

    /// <summary>Says when that many are open or accepted.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>In a symbol that is reserved for others, strategy ids or their beginnings with *: { "BTCUSDT": ["SmaCross*"] }.</summary>
    public Dictionary<string, IReadOnlyList<string>>? Reserved { get; init; }

    /// <summary>
    /// In a symbol that another strategy holds: the first that is accepted, until it has closed its position; default <c>false</c>.
    /// </summary>
    public bool? ExclusiveSymbols { get; init; }

    /// <summary>That takes longs plus shorts beyond this multiple of the equity.</summary>
    public double? MaxLeverage { get; init; }

    /// <summary>On a UTC day on which this percentage of the equity was traded, purchases plus sales.</summary>
    public double? MaxTurnoverPercent { get; init; }

    /// <summary>By symbols that share a limit: { "tech": { "symbols": ["AAPL", "MSFT"], "maxPercent": 30, "maxPositions": 2 } }.</summary>
    public Dictionary<string, BatchGroup>? Groups { get; init; }

    /// <summary>That takes a symbol and its correlated ones beyond this percentage of the equity.</summary>
    public double? MaxCorrelatedPercent { get; init; }

    /// <summary>Never; the least absolute correlation of daily returns at which two symbols are correlated; default <c>0.8</c>.</summary>
    public double? Correlation { get; init; }

    /// <summary>That takes the positions in one symbol, longs plus shorts, beyond this percentage of the equity.</summary>
    public double? MaxSymbolPercent { get; init; }

    /// <summary>
    /// That takes the positions in one currency other than the account's, longs plus shorts, beyond this percentage of the equity.
    /// </summary>
    public double? MaxCurrencyPercent { get; init; }

    /// <summary>That takes the positions of one strategy beyond this percentage of the equity.</summary>
    public double? MaxStrategyPercent { get; init; }

    /// <summary>That takes longs plus shorts beyond this percentage of the equity.</summary>
    public double? MaxGrossPercent { get; init; }

    /// <summary>That takes longs minus shorts, in either direction, beyond this percentage of the equity.</summary>
    public double? MaxNetPercent { get; init; }

    /// <summary>Never; it reduces the quantity so that a loss of the stop distance costs at most this percentage of the equity.</summary>
    public double? RiskPercent { get; init; }

    /// <summary>Never; the days of returns from which correlations and volatilities are computed; default <c>60</c>.</summary>
    public int? Days { get; init; }

    /// <summary>
    /// Signal: limits are checked at signals only. every-bar: also at fills with a worse price, and at each close, where the excess is
    /// closed by market orders (exit_reason limit); default <c>signal</c>.
    /// </summary>
    public string? Enforce { get; init; }

    /// <summary>Keys of rules of one's own by their names.</summary>
    [JsonExtensionData]
    public System.Text.Json.Nodes.JsonObject? Rules { get; set; }
}
