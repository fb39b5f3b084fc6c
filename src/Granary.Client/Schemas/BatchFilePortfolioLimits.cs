// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

public sealed record BatchFilePortfolioLimits
{
    public double? MaxPositions { get; init; }

    public double? MaxGrossPercent { get; init; }

    public double? MaxNetPercent { get; init; }

    public double? MaxSymbolPercent { get; init; }

    public double? MaxStrategyPercent { get; init; }

    public double? RiskPercent { get; init; }

    public double? MaxDrawdownPercent { get; init; }

    public double? DailyLossPercent { get; init; }

    public IReadOnlyList<string>? RestrictedSymbols { get; init; }

    public double? MaxLeverage { get; init; }

    public double? MaxTurnoverPercent { get; init; }

    public double? MaxCorrelatedPercent { get; init; }

    public double? Correlation { get; init; }

    public double? Days { get; init; }

    public double? ResumeDrawdownPercent { get; init; }

    public double? ResumeAfterDays { get; init; }

    /// <summary>a symbol is one strategy's at a time</summary>
    public bool? ExclusiveSymbols { get; init; }

    /// <summary>by symbol, who alone may hold it: strategy ids, or their beginnings with *</summary>
    public IReadOnlyDictionary<string, JsonElement>? Reserved { get; init; }

    /// <summary>symbols that share a limit, as sectors, by name</summary>
    public IReadOnlyDictionary<string, BatchFilePortfolioLimitsGroupsItem>? Groups { get; init; }

    /// <summary>
    /// every-bar: limits hold at every bar and any price; what prices carry beyond them is closed in part. One of signal, every-bar.
    /// </summary>
    public string? Enforce { get; init; }

    /// <summary>the settings of a portfolio rule of a plug-in, by its name</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
