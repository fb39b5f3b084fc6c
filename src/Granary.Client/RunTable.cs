namespace Granary.Client;

/// <summary>A CSV file of a run whose rows the server lists.</summary>
public enum RunTable
{
    /// <summary>trades.csv.</summary>
    Trades,

    /// <summary>portfolio_trades.csv.</summary>
    PortfolioTrades,

    /// <summary>The portfolio's equity by bar.</summary>
    Equity,

    /// <summary>Factors at the entries of trades.</summary>
    Factors,

    /// <summary>Conditions of strategies, and how often they held.</summary>
    Conditions,

    /// <summary>Decisions of models about entries.</summary>
    ModelDecisions,

    /// <summary>Predictions of models.</summary>
    ModelLog,
}
