namespace Granary;

/// <summary>The keys of a batch's <c>portfolio.enable</c>.</summary>
public sealed record BatchEnable
{
    /// <summary>Says whose trades count: strategy, symbol or both; default <c>strategy</c>.</summary>
    public string? By { get; init; }

    /// <summary>The number of recent closed trades that count; default <c>20</c>.</summary>
    public int? Trades { get; init; }

    /// <summary>The number of trades below which the strategy or symbol is enabled; default <c>10</c>.</summary>
    public int? MinTrades { get; init; }

    /// <summary>Least profit factor of these trades.</summary>
    public double? MinProfitFactor { get; init; }

    /// <summary>Least share of winning trades.</summary>
    public double? MinWinRate { get; init; }

    /// <summary>Least average return of a trade.</summary>
    public double? MinExpectancyPercent { get; init; }
}
