using Granary.Engine.Trading.Book;

namespace Granary.Engine.Strategies;

/// <summary>The time slice that has just closed over all symbols. It cannot reach forward.</summary>
public sealed class MultiSymbolContext
{
    private readonly SymbolContext[] _symbols;
    private readonly SharedAccount _account;

    internal MultiSymbolContext(SymbolContext[] symbols, SharedAccount account)
    {
        _symbols = symbols;
        _account = account;
    }

    internal long Now;

    /// <summary>All symbols, in the batch's order, whether or not they have a bar now.</summary>
    public IReadOnlyList<SymbolContext> Symbols => _symbols;

    /// <summary>Open time of the bars that have just closed, UTC.</summary>
    public DateTime Time => new(Now, DateTimeKind.Utc);

    /// <summary>The time slice's number, from 0.</summary>
    public long BarNumber { get; internal set; }

    /// <summary>Cash plus all positions at their last closes.</summary>
    public double Equity => _account.Equity;

    /// <summary>Quote currency; after short sales with their proceeds.</summary>
    public double Cash => _account.Cash;

    /// <summary>Whether a trade is open in any symbol.</summary>
    public bool InMarket => _account.IsExposed;
}
