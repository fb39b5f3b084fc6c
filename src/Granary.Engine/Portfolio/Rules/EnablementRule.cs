namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Decides once a UTC day which strategies and symbols may enter, by their closed trades up to then. Trades that the portfolio refused
/// count too, so a disabled strategy can be enabled again. Null = no rule.
/// </summary>
/// <param name="Trades">The number of recent trades that count.</param>
/// <param name="MinTrades">The number of trades below which the strategy or symbol is enabled.</param>
/// <param name="Strategies">Whether each strategy is checked by its own trades.</param>
/// <param name="Symbols">Whether each symbol is checked by the trades of all strategies in it.</param>
public sealed record EnablementRule(int Trades, int MinTrades, double? MinProfitFactor, double? MinWinRate, double? MinExpectancy,
    bool Strategies, bool Symbols);
