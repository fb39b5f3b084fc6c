using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// The portfolio as a rule sees it. Values are in account currency, at the last closes; sums of positions are of absolute values.
/// </summary>
public interface IPortfolioView
{
    /// <summary>Cash and open positions at the last valuation.</summary>
    double Equity { get; }

    /// <summary>The equity in the first time slice of this UTC day.</summary>
    double DayStart { get; }

    /// <summary>Distance of the equity below its peak, a fraction of the peak.</summary>
    double Drawdown { get; }

    /// <summary>Value traded on this UTC day, purchases plus sales.</summary>
    double Turnover { get; }

    int OpenTrades { get; }

    /// <summary>The number of accepted entries whose trades are not open yet.</summary>
    int ReservedTrades { get; }

    /// <summary>Longs plus shorts.</summary>
    double GrossValue { get; }

    /// <summary>Longs minus shorts.</summary>
    double NetValue { get; }

    double LongValue { get; }

    double ShortValue { get; }

    /// <summary>The value of accepted entries that are not filled yet.</summary>
    double ReservedValue { get; }

    double ReservedLongs { get; }

    double ReservedShorts { get; }

    /// <summary>The value of open positions in an instrument.</summary>
    double ValueIn(int market);

    /// <summary>The value of open positions of a strategy.</summary>
    double ValueOf(int member);

    /// <summary>Returns the amount reserved for entries in an instrument.</summary>
    double ReservedIn(int market);

    /// <summary>Returns the amount reserved for entries of a strategy.</summary>
    double ReservedOf(int member);

    /// <summary>Whether a signal was accepted and is not filled yet.</summary>
    bool IsReserved(int member, int number);

    /// <summary>The number of open or reserved trades in an instrument.</summary>
    int TradesIn(int market);

    /// <summary>The strategy that last opened or reserved a trade in an instrument.</summary>
    int HolderOf(int market);

    Instrument InstrumentOf(int market);

    /// <summary>The id of a strategy.</summary>
    string IdOf(int member);
}
