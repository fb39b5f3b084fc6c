using Granary.Engine.Trading;
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

    /// <summary>Account currency; after short sales with their proceeds.</summary>
    public double Cash => _account.Cash;

    /// <summary>Whether a trade is open in any symbol.</summary>
    public bool InMarket => _account.IsExposed;

    /// <summary>
    /// Places market orders that bring the net positions to these percentages of the equity, at the last closes. Orders that release cash
    /// come first. If the account cannot pay for all others, fees included, they are reduced by one factor. An order whose fill costs more
    /// than the account has left is cut to that.
    /// </summary>
    /// <param name="percents">One for each of <see cref="Symbols"/>; negative is short, NaN leaves the position as it is.</param>
    /// <exception cref="ArgumentException">There are more or fewer percentages than symbols.</exception>
    public void Rebalance(IReadOnlyList<double> percents)
    {
        if (percents.Count != _symbols.Length)
            throw new ArgumentException($"there are {percents.Count} percentages for {_symbols.Length} symbols", nameof(percents));
        var equity = Equity;
        List<(SymbolContext Symbol, double Missing, double Opens, double Cost)> orders = [];
        var (available, cost) = (_account.Available() + _account.PendingCash, 0.0);
        foreach (var symbol in _symbols)
        {
            var missing = symbol.Missing(percents[symbol.Number], equity);
            if (double.IsNaN(missing) || missing == 0) continue;
            var side = missing > 0 ? Side.Buy : Side.Sell;
            var opens = symbol.Book.OpeningPart(side, Math.Abs(missing), symbol.TradedClose, out var released);
            var opening = opens > 0 ? symbol.Book.InAccount(symbol.Book.CostOf(opens, symbol.TradedClose)) : 0;
            released = symbol.Book.InAccount(released);
            (available, cost) = (available + released, cost + opening);
            orders.Add((symbol, missing, opens, opening - released));
        }
        var part = SharedAccount.PayablePart(cost, available);
        foreach (var (symbol, missing, opens, _) in orders.OrderBy(o => o.Cost).ThenBy(o => o.Symbol.Number))
            symbol.Submit(new OrderRequest(missing > 0 ? Side.Buy : Side.Sell,
                part < 1 && opens > 0 ? Math.Abs(missing) - (1 - part) * opens : Math.Abs(missing))
            { FitsCash = true });
    }
}
