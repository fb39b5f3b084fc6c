using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Strategies and symbols that an <see cref="EnablementRule"/> enables by recent trades.</summary>
public enum EnablementScope
{
    /// <summary>Each strategy, by its own trades.</summary>
    Strategy,
    /// <summary>Each symbol, by the trades of all strategies in it.</summary>
    Symbol,
    Both,
}

/// <summary>
/// Decides once a UTC day which strategies and symbols may enter, by their closed trades up to then. Trades that the portfolio refused
/// count too, so a disabled strategy can be enabled again. Null = no rule.
/// </summary>
public sealed record EnablementRule
{
    [Key("whose trades count: `strategy`, `symbol` or `both`")]
    public EnablementScope By { get; init; }

    [Key("the number of recent closed trades that count"), Range(1, 100_000)]
    public int Trades { get; init; } = 20;

    [Key("the number of trades below which the strategy or symbol is enabled"), Range(1, 100_000)]
    public int MinTrades { get; init; } = 10;

    [Key("least profit factor of these trades", Without = "any"), Range(0, 1e6)]
    public double? MinProfitFactor { get; init; }

    [Key("least share of winning trades", Without = "any"), Range(0, 1)]
    public double? MinWinRate { get; init; }

    [Key("least average return of a trade", Without = "any"), Range(-100, 1e6)]
    public double? MinExpectancyPercent { get; init; }
}
