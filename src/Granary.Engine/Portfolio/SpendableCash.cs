using Granary.Engine.Market;

namespace Granary.Engine.Portfolio;

/// <summary>The cash that can pay for entries: free cash, and the proceeds of exits that strategies have sent at the same close.</summary>
internal sealed class SpendableCash(PortfolioAccount account, WaitingExits waiting, MarketActivity activity)
{
    // The relative difference that two sums of the same account may have because of their order.
    private const double Rounding = 1e-9;

    // Trades whose strategies have sent an exit at the market, rising: a sorted set would allocate for each and for each sum.
    private readonly List<long> _exiting = [];

    /// <summary>A strategy has sent an exit at the market.</summary>
    public void OnExiting(long trade)
    {
        if (account.Holdings.ContainsKey(trade) && _exiting.BinarySearch(trade) is var at and < 0) _exiting.Insert(~at, trade);
    }

    /// <summary>The trade is closed.</summary>
    public void Forget(long trade)
    {
        if (_exiting.BinarySearch(trade) is var at and >= 0) _exiting.RemoveAt(at);
    }

    /// <summary>As much of an entry as the cash pays for, in whole lots; 0 where it pays for less than one hundredth.</summary>
    /// <param name="wanted">Base units.</param>
    public double Payable(int market, double wanted, double price, bool maker)
    {
        var free = (account.FreeCash() + ExpectedProceeds()) / account.RateOf(market);
        var power = account.PowerOf(market);
        var payable = power.Payable(wanted, price,
            power.WithinNotional(free + Rounding * Math.Abs(free), account.NotionalRoom(market), price), maker);
        return payable == wanted ? wanted : account.InstrumentOf(market).RoundQuantity(payable);
    }

    // At the last closes. An exit that waits for a bar that may not come pays for nothing.
    private double ExpectedProceeds()
    {
        var sum = 0.0;
        foreach (var trade in _exiting)
        {
            if (waiting.Contains(trade) || !account.Holdings.TryGetValue(trade, out var holding) || activity.IsInactive(holding.Market))
                continue;
            var price = account.CloseOf(holding.Market);
            var power = account.PowerOf(holding.Market);
            sum += power.WithFee(power.Released(holding.Side, holding.EntryPrice, holding.Quantity, price),
                -account.Fees.ToClose(holding.Market, price, holding.Quantity)) * account.RateOf(holding.Market);
        }
        return sum;
    }
}
