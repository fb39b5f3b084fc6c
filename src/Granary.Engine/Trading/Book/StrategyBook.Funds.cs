using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// Cash that the account can spend, and cash that its positions tie up.
internal sealed partial class StrategyBook
{
    // Amounts are in the currency of the prices.

    /// <summary>The cash of the book's own account, account currency.</summary>
    public double Cash => _foreign is null ? _account.Cash : _foreign.Own + _foreign.Held * _foreign.Rate;

    /// <summary>The account's equity, with this book's instrument at a price.</summary>
    public double EquityAt(double price) => InPrices(_shared is null ? EquityIn(price) : _shared.Equity);

    /// <summary>The equity of the book's own account, with its instrument at a price.</summary>
    public double OwnEquity(double price) => _account.Cash + _trades.Net * price;

    /// <summary>Returns the quantity of an entry at this price by the size rule, without a stop.</summary>
    public double UsualQuantity(double price)
    {
        if (_shared is null) _knowsUsualQuantity = true;
        else _shared.KnowsUsualQuantity = true;
        return Size.Quantity(EquityAt(price), price, 0, _multiplier);
    }

    /// <summary>Returns the amount that new entries may cost.</summary>
    public double Available(double price)
    {
        var available = _shared is null ? OwnAvailable(price) : InPrices(_shared.Available(_market, price));
        return double.IsPositiveInfinity(_margin.MostNotional) ? available : _power.WithinNotional(available, NotionalRoom(price), price);
    }

    /// <summary>Cash of the account that came after the open of the bar that is processed, account currency.</summary>
    public double Late { get; set; }

    // The most that an entry may cost at its fill: cash that comes later pays for none.
    private double AvailableAtFill(double price) => Late == 0 ? Available(price) : Available(price) - InPrices(Late);

    private double OwnAvailable(double price)
    {
        var (spendable, sums) = (new Spendable(_execution, _account.Cash, OwnEquity(price)), _trades.Sums(_power));
        spendable.Settle(_power, sums, price, rate: 1);
        spendable.TieUp(_power, sums, price, rate: 1);
        return spendable.Amount;
    }

    // Returns the amount that new entries may cost after pending orders are filled at the last close.
    private double AvailableAfterOrders(double close) => Available(close) + PendingCash(close);

    private double PendingCash(double close) =>
        _shared is not null ? InPrices(_shared.PendingCash) : _trades.Count + _orders.Count == 0 ? 0 : OwnPendingCash(close);

    /// <summary>Proceeds of pending market exits less the cost of pending market entries, so cash is not reserved twice.</summary>
    public double OwnPendingCash(double close) => ExitProceeds(close) - Reserved(close);

    private double ExitProceeds(double close)
    {
        var sum = 0.0;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (!trade.Exiting) continue;
            sum += _power.WithFee(_power.Released(trade.Side, trade.EntryPrice, trade.Quantity, close),
                -_execution.Fee.Fee(close, trade.Quantity, _multiplier, maker: false));
        }
        return sum;
    }

    /// <summary>The cost of entries at the market that wait.</summary>
    public double Reserved(double close)
    {
        var sum = 0.0;
        for (var i = 0; i < _orders.Count; i++)
        {
            ref var order = ref _orders[i];
            if (order.Role == OrderRole.Entry && order.Type.IsAtMarket())
                sum += _power.Cost(close, order.Rest, maker: false);
        }
        return sum;
    }

    /// <summary>
    /// Returns the part of a manual order that opens a position. The other part closes trades on the other side, which releases cash.
    /// </summary>
    public double OpeningPart(Side side, double quantity, double price, out double released)
    {
        released = 0;
        for (var i = 0; i < _trades.Count && quantity > 0; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Side == side) continue;
            var part = Closing(ref quantity, trade.Quantity);
            released += _power.Released(trade.Side, trade.EntryPrice, part, price);
        }
        return quantity;
    }

    // Takes what a trade closes off a quantity. An order for the sum of some trades closes all of them, although the sum is rounded.
    private static double Closing(ref double quantity, double open)
    {
        var left = quantity - open;
        if (Math.Abs(left) <= open * Tolerance.Arithmetic) left = 0;
        var part = left < 0 ? quantity : open;
        quantity = Math.Max(0, left);
        return part;
    }

    /// <summary>Returns the cash that opening a position at the market takes, fee included.</summary>
    public double CostOf(double quantity, double price) => _power.Cost(price, quantity, maker: false);

    // The part of a quantity that the cash pays for; in whole lots if it is reduced.
    private double Payable(double wanted, double price, double available, bool maker)
    {
        var payable = _power.Payable(wanted, price, available, maker);
        return payable == wanted ? wanted : Instrument.RoundQuantity(payable);
    }

    // Returns the fraction of the long value that was bought on margin, before the nights up to a time are paid. The lender of shares keeps
    // the proceeds of short sales, at the shares' market value.
    private double MarginPart(double close, long time) => _power.IsMargined ? 0
        : _shared is not null ? _shared.MarginPart(time)
        : FinancingRate.MarginPart(_account.Cash - _trades.QuantityOf(Side.Sell) * close * _multiplier,
            _trades.QuantityOf(Side.Buy) * close * _multiplier);
}
