using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// The portfolio as a rule sees it. Values are in account currency, at the last closes; sums of positions are of absolute values.
/// </summary>
public interface IPortfolioView
{
    /// <summary>Cash and open positions when the portfolio was last valued.</summary>
    double Equity { get; }

    /// <summary>The equity in the first time slice of this UTC day.</summary>
    double DayStart { get; }

    /// <summary>What was traded on this UTC day, both ways.</summary>
    double Turnover { get; }

    int OpenTrades { get; }

    /// <summary>Accepted entries of trades that are not open yet.</summary>
    int ReservedTrades { get; }

    /// <summary>Longs plus shorts.</summary>
    double GrossValue { get; }

    /// <summary>Longs minus shorts.</summary>
    double NetValue { get; }

    double LongValue { get; }

    double ShortValue { get; }

    /// <summary>Accepted entries that are not filled yet.</summary>
    double ReservedValue { get; }

    double ReservedLongs { get; }

    double ReservedShorts { get; }

    /// <summary>Open positions in an instrument.</summary>
    double ValueIn(int market);

    /// <summary>Open positions of a strategy.</summary>
    double ValueOf(int member);

    /// <summary>What is reserved in an instrument.</summary>
    double ReservedIn(int market);

    /// <summary>What is reserved for a strategy.</summary>
    double ReservedOf(int member);

    /// <summary>Whether a signal was accepted and is not filled yet.</summary>
    bool IsReserved(int member, int number);

    /// <summary>Trades in an instrument that are open or reserved.</summary>
    int TradesIn(int market);

    /// <summary>The strategy that opened or reserved a trade in an instrument last.</summary>
    int HolderOf(int market);

    Instrument InstrumentOf(int market);

    /// <summary>The id of a strategy.</summary>
    string IdOf(int member);
}
