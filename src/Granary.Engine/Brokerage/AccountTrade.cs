using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Brokerage;

/// <summary>A trade of the account: the fills of an entry and of the orders that closed it.</summary>
public sealed class AccountTrade
{
    private Lot _lot;

    internal AccountTrade(string strategy, int number, string symbol, Side side, string entry, int order)
    {
        (Strategy, Number, Symbol, Side, Entry, Order) = (strategy, number, symbol, side, entry, order);
        _lot = new Lot(side, 0, 0, 0);
    }

    public string Strategy { get; }

    public int Number { get; }

    public string Symbol { get; }

    public Side Side { get; }

    /// <summary>Client id of the order that opened it.</summary>
    public string Entry { get; }

    /// <summary>Number of that order.</summary>
    public int Order { get; }

    internal TradeState State { get; set; }

    /// <summary>Entered so far, base units.</summary>
    public double Quantity => _lot.Entered;

    public double Open => _lot.Quantity;

    /// <summary>Of the contract of that time; the exit price likewise.</summary>
    public double EntryPrice => _lot.OwnEntryPrice;

    /// <summary>The price from which an open position earns or loses now: after a roll one of the present contract.</summary>
    public double Basis => _lot.EntryPrice;

    // In prices of the present contract.
    private double _exit;

    public double ExitPrice => _lot.ExitGaps == 0 ? _exit : _exit - _lot.ExitGaps / _lot.Closed;

    /// <summary>Realised profit before fees, in the currency of the prices.</summary>
    public double Profit { get; internal set; }

    public double Fees => _lot.Fees;

    /// <summary>Fees of the closed part, with its share of the entry's.</summary>
    public double ClosedFees => _lot.Closed > 0 ? _lot.ClosedFees : 0;

    /// <summary>Dividends less borrow fees and interest, in the currency of the prices.</summary>
    public double Financing => _lot.Financing;

    /// <summary>Realised profit after fees and financing, in the currency of the prices.</summary>
    internal double NetProfit => Profit - Fees + Financing;

    /// <summary>Profit of an open quantity at a price, before fees and multiplier, in the currency of the prices.</summary>
    internal double ProfitAt(double price, double quantity) => (int)Side * (price - Basis) * quantity;

    /// <summary>The share of the closed part in <see cref="Financing"/>, by quantity.</summary>
    public double ClosedFinancing => _lot.Closed > 0 ? _lot.ClosedFinancing : 0;

    public long EntryTime { get; internal set; }

    public long ExitTime { get; internal set; }

    public string Why { get; internal set; } = "";

    /// <summary>
    /// The value of its amounts in the account's currency: of a closed trade at its close, with the spread of its conversion; 1 while it is
    /// open, and if it is in the account's currency.
    /// </summary>
    public double Rate { get; private set; } = 1;

    /// <summary>The part of the net result that counts at <see cref="Rate"/>, in the currency of the prices.</summary>
    internal double Settled { get; private set; }

    /// <summary>A part of the net result counts at a rate.</summary>
    internal void Settle(double net, double rate)
    {
        var whole = Settled + net;
        Rate = Settled == 0 || whole == 0 ? rate : (Settled * Rate + net * rate) / whole;
        Settled = whole;
    }

    /// <summary>Books a fill of the entry.</summary>
    /// <param name="multiplier">Currency units per unit of price and quantity.</param>
    internal void Enter(BrokerFill fill, double multiplier)
    {
        if (Quantity == 0) _lot = new Lot(Side, fill.Quantity, fill.Price, Fees + fill.Fee) { Financing = Financing };
        else _lot.Increase(fill.Quantity, fill.Price, fill.Fee);
        State = TradeState.Active;
        Value(multiplier);
    }

    /// <summary>Books a fill that closes the trade or a part of it.</summary>
    /// <param name="multiplier">Currency units per unit of price and quantity.</param>
    internal void Exit(BrokerFill fill, double multiplier)
    {
        _lot.Reduce(fill.Quantity, fill.Price, fill.Fee);
        // A smaller rest is a rounding error of the venue's quantities.
        _lot.DropRest(Tolerance.Quantity);
        _exit = fill.Quantity == _lot.Closed ? fill.Price : _lot.ExitPrice;
        Value(multiplier);
    }

    internal void Finance(double amount) => _lot.Financing += amount;

    // From the average entry and exit prices, so that it does not depend on the order in which fills were booked.
    private void Value(double multiplier)
    {
        Profit = _lot.Closed > 0 ? _lot.Profit(_exit, _lot.Closed, multiplier) : 0;
        RollProfit = _lot.RollProfit(Quantity, closed: true, multiplier);
        ClosedRollProfit = _lot.RollProfit(_lot.Closed, closed: true, multiplier);
    }

    /// <summary>Moves the trade to the next contract.</summary>
    /// <param name="gap">The price of the new contract less that of the old one, as they were traded.</param>
    /// <param name="fee">Of both orders.</param>
    internal void Roll(double gap, double fee, double multiplier)
    {
        _lot.Roll(gap);
        _lot.Fees += fee;
        if (_lot.Closed > 0) _exit += gap;
        Value(multiplier);
    }

    /// <summary>The part of the profit, open and closed, that came from rolls to other contracts.</summary>
    public double RollProfit { get; private set; }

    /// <summary>The share of the closed part in <see cref="RollProfit"/>.</summary>
    public double ClosedRollProfit { get; private set; }

    /// <summary>Applies a split: quantities grow as prices fall.</summary>
    internal void Split(double ratio)
    {
        _lot.Split(ratio);
        _exit /= ratio;
    }

    internal TradeChanged ToEvent(long timestamp) =>
        new(timestamp, Number, State, Side, Quantity, Open, EntryPrice, ExitPrice, Profit, Fees, EntryTime, ExitTime,
            Why)
        { Strategy = Strategy, Symbol = Symbol, Rate = Rate == 1 ? null : Rate };
}
