namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// The last closed trades of each strategy and, if required, of each instrument. Trades that the portfolio refused count too.
/// </summary>
internal sealed class TradeHistory
{
    private readonly RecentTrades[] _ofMember, _ofMarket;

    /// <param name="length">The number of trades to keep.</param>
    /// <param name="markets">The number of instruments; 0 if trades are not kept by instrument.</param>
    public TradeHistory(int length, int members, int markets)
    {
        _ofMember = [.. Enumerable.Range(0, members).Select(_ => new RecentTrades(length))];
        _ofMarket = [.. Enumerable.Range(0, markets).Select(_ => new RecentTrades(length))];
    }

    public RecentTrades OfMember(int member) => _ofMember[member];

    public RecentTrades OfMarket(int market) => _ofMarket[market];

    /// <param name="netReturn">Net profit over the notional at entry.</param>
    public void Add(int member, int market, double netReturn)
    {
        _ofMember[member].Add(netReturn);
        if (_ofMarket.Length > 0) _ofMarket[market].Add(netReturn);
    }
}
