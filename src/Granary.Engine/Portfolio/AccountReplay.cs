using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// Computes an account from the fills of strategy runs: its cash, its positions at the last closes, and so its equity. The runs follow one
/// another on the same account. It repeats none of their decisions.
/// </summary>
/// <param name="cash">Cash before the first fill, account currency.</param>
/// <param name="execution">Whether results in other currencies are converted.</param>
internal sealed class AccountReplay(double cash, IReadOnlyList<Instrument> instruments, ExecutionSettings? execution = null)
{
    private readonly CurrencyBalances _balances = new(cash, instruments, execution ?? new ExecutionSettings());
    private readonly double _rounding = cash * Tolerance.Amount;
    private readonly double[] _close = new double[instruments.Count];
    private readonly Dictionary<long, Holding> _open = [];
    // The keys of open trades in the order of their entries, so that sums always run in the same order.
    private readonly List<long> _order = [];

    // An open trade, and its cash flows so far.
    private sealed class Holding(int market, Lot lot)
    {
        public readonly int Market = market;
        public Lot Lot = lot;
        public double Flow;

        public double SignedQuantity => (int)Lot.Side * Lot.Quantity;
    }

    /// <summary>Cash including the proceeds of short sales, account currency.</summary>
    public double Cash => _balances.Cash;

    /// <summary>Cash plus positions at the last valuation.</summary>
    public double Equity { get; private set; } = cash;

    /// <summary>Sum of the absolute values of the positions at the last valuation.</summary>
    public double Exposure { get; private set; }

    public bool HoldsAnything => _order.Count > 0;

    /// <summary>Commission of all fills so far.</summary>
    public double Commission { get; private set; }

    /// <summary>
    /// Dividends received less those owed, borrow fees and interest, and the loss beyond zero that the broker bears at ruin.
    /// </summary>
    public double Financing { get; private set; }

    /// <summary>Funding received less that paid, a part of <see cref="Financing"/>.</summary>
    public double Funding { get; private set; }

    /// <summary>Sets the last close of an instrument.</summary>
    public void Mark(int market, double close) => _close[market] = close;

    /// <summary>Moves to the exchange rates of a time, UTC ticks.</summary>
    public void Reach(long time) => _balances.Reach(time);

    /// <summary>Values the account at the last closes.</summary>
    public void Revalue()
    {
        var (equity, exposure) = (Cash, 0.0);
        foreach (var key in _order)
        {
            var holding = _open[key];
            var value = holding.SignedQuantity * _close[holding.Market] * instruments[holding.Market].Multiplier
                * _balances.RateOf(holding.Market);
            equity += value;
            exposure += Math.Abs(value);
        }
        if (_balances.HasOthers && _order.Count == 0 && equity <= 0)
        {
            // Debts in other currencies have left nothing: the account is closed, and the broker bears the rest.
            Financing -= equity;
            equity = 0;
            _balances.Clear();
        }
        (Equity, Exposure) = (equity, exposure);
    }

    /// <summary>The next event of a run, in the order of time.</summary>
    /// <param name="run">Index of the run; the trades of each run are numbered separately.</param>
    /// <param name="market">The instrument of the event's symbol.</param>
    /// <param name="side">The side of the event's trade.</param>
    public void Take(int run, in RunEvent e, int market, Side side)
    {
        var key = (long)run << 32 | (uint)e.Number;
        switch (e.Kind)
        {
            case RunEventKinds.Fill:
                Fill(key, e.Fill, market, side);
                break;
            case RunEventKinds.Financing when e.Number == 0:
                BookInterest(e.Financing, market);
                break;
            case RunEventKinds.Financing when _open.TryGetValue(key, out var holding):
                var amount = e.Financing.Amount * holding.Lot.Quantity;
                Financing += amount * _balances.RateAt(holding.Market, e.Time);
                if (e.Financing.Kind == FinancingKind.Funding) Funding += amount * _balances.RateAt(holding.Market, e.Time);
                holding.Lot.Financing += amount;
                Book(holding, amount);
                break;
            case RunEventKinds.Split when _open.TryGetValue(key, out var holding):
                holding.Lot.Split(e.Split.Ratio);
                break;
            case RunEventKinds.Roll when _open.TryGetValue(key, out var holding):
                Commission += e.Roll.Commission * _balances.RateAt(market, e.Time);
                holding.Lot.Fees += e.Roll.Commission;
                Book(holding, e.Roll.Profit(instruments[market].Multiplier) - e.Roll.Commission);
                break;
            case RunEventKinds.Trade when e.Trade is { Reason: not ExitReason.Open } trade && _open.Remove(key, out var holding):
                // Amounts that the trade's fills did not report come with its last one. The loss that the broker bears at ruin, for
                // example, is only in its financing.
                Commission += trade.Commission - holding.Lot.Fees * trade.Rate;
                Financing += trade.Financing - holding.Lot.Financing * trade.Rate;
                Book(holding, trade.NetProfit / trade.Rate - holding.Flow);
                _order.Remove(key);
                _balances.Of(market)?.Settle(trade.NetProfit / trade.Rate, trade.ExitTime, isLast: _order.Count == 0);
                // The cash of a ruined account is exactly zero, without a rounding remainder.
                if (trade.Reason is ExitReason.Ruined or ExitReason.Liquidation && _order.Count == 0
                    && Math.Abs(Cash) <= _rounding) _balances.Clear();
                break;
        }
    }

    private void BookInterest(in FinancingEvent paid, int market) => Financing += paid.Amount
        * _balances.PayInterest(paid.Kind == FinancingKind.CashInterest ? -1 : market, paid.Amount, paid.Time);

    private void Fill(long key, in TradeFill fill, int market, Side side)
    {
        var quantity = (fill.IsEntry ? 1 : -1) * (int)side * fill.Quantity;
        if (_open.TryGetValue(key, out var holding))
        {
            if (fill.IsEntry) holding.Lot.Increase(fill.Quantity, fill.Price, fill.Commission);
            else holding.Lot.Reduce(fill.Quantity, fill.Price, fill.Commission);
        }
        else
        {
            if (!fill.IsEntry) return;
            _open[key] = holding = new Holding(market, new Lot(side, fill.Quantity, fill.Price, fill.Commission));
            _order.Add(key);
        }
        Commission += fill.Commission * _balances.RateAt(market, fill.Time);
        Book(holding, -quantity * fill.Price * instruments[market].Multiplier - fill.Commission);
    }

    private void Book(Holding holding, double amount)
    {
        holding.Flow += amount;
        _balances.Pay(holding.Market, amount);
    }
}
