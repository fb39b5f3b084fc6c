namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Which strategies and symbols may enter, looked at once a UTC day by their own closed trades up to then, also those that the portfolio
/// refused: so what is switched off goes on being judged, and comes back. Null = not asked.
/// </summary>
/// <param name="Trades">The last so many count.</param>
/// <param name="MinTrades">Before there are so many, they are on.</param>
/// <param name="Strategies">Each strategy by its own trades.</param>
/// <param name="Symbols">Each symbol by the trades of all strategies in it.</param>
public sealed record EnablementRule(int Trades, int MinTrades, double? MinProfitFactor, double? MinWinRate, double? MinExpectancy,
    bool Strategies, bool Symbols);
