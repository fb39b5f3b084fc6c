using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>Single events of a run, for the writers of its files.</summary>
internal interface IRunEvents
{
    /// <summary>Returns a strategy's trades: the closed ones in the order of closing, then the open ones.</summary>
    IEnumerable<Trade> Trades(int strategy);

    /// <summary>Returns a strategy's signals in order.</summary>
    IEnumerable<SignalRow> Signals(int strategy);

    /// <summary>Returns the names of the factors that a strategy uses.</summary>
    IReadOnlyList<string> FactorNames(int strategy);

    /// <summary>Returns the portfolio's trades in the order of closing. Their member is an index of
    /// <see cref="RunModel.Strategies"/>.</summary>
    IEnumerable<PortfolioTrade> PortfolioTrades();

    /// <summary>Returns each change of a portfolio position with its symbol, in the order of booking.</summary>
    IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills();

    /// <summary>Returns a strategy's rolls to other contracts, in order.</summary>
    IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy);

    /// <summary>
    /// Returns at most <paramref name="most"/> bars of a market for charts, aggregated if there are more.
    /// </summary>
    IReadOnlyList<Granary.Engine.Market.Bar> Bars(string symbol, string timeframe, int most);
}
