using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>
/// An account that follows the fills of strategy runs: its cash, its positions at their last marks, and so its equity. The runs follow one
/// another on the same account; each has taken its own decisions, and none of them is repeated here.
/// </summary>
/// <param name="cash">Account currency, before the first fill.</param>
public sealed class AccountReplay(double cash, IReadOnlyList<Instrument> instruments)
{
    private readonly double _rounding = cash * 1e-9;
    private readonly double[] _close = new double[instruments.Count];
    private readonly Dictionary<long, Holding> _open = [];
    // The numbers of open trades in the order of their entries: sums run in this order.
    private readonly List<long> _order = [];

    // The open part of a trade, and what the trade has brought and cost so far.
    private sealed class Holding
    {
        public required int Market { get; init; }

        public double SignedQuantity { get; set; }

        public double Flow { get; set; }

        public double Commission { get; set; }

        public double Financing { get; set; }
    }

    /// <summary>Account currency; a short sale's proceeds are in it.</summary>
    public double Cash { get; private set; } = cash;

    /// <summary>Cash and positions at the last marks.</summary>
    public double Equity { get; private set; } = cash;

    /// <summary>Sum of the absolute values of the positions at the last marks.</summary>
    public double Exposure { get; private set; }

    public bool HoldsAnything => _order.Count > 0;

    /// <summary>Commission of all fills so far.</summary>
    public double Commission { get; private set; }

    /// <summary>Dividends received less those owed, borrow fees and interest, and the loss that the broker bears at ruin.</summary>
    public double Financing { get; private set; }

    /// <summary>A bar of an instrument has closed.</summary>
    public void Mark(int market, double close) => _close[market] = close;

    /// <summary>Takes stock at the last marks.</summary>
    public void Revalue()
    {
        var (equity, exposure) = (Cash, 0.0);
        foreach (var key in _order)
        {
            var holding = _open[key];
            var value = holding.SignedQuantity * _close[holding.Market] * instruments[holding.Market].Multiplier;
            equity += value;
            exposure += Math.Abs(value);
        }
        (Equity, Exposure) = (equity, exposure);
    }

    /// <summary>The next event of a run, in the order of time.</summary>
    /// <param name="run">Which run: their trades are numbered each by itself.</param>
    /// <param name="market">The instrument of the event's symbol.</param>
    /// <param name="side">Of the event's trade.</param>
    public void Take(int run, in RunEvent e, int market, Side side)
    {
        var key = (long)run << 32 | (uint)e.Number;
        switch (e.Kind)
        {
            case RunEventKind.Entry or RunEventKind.Fill:
                Fill(key, e.ToFill(), market, side);
                break;
            case RunEventKind.Financing when _open.TryGetValue(key, out var holding):
                var amount = e.ToFinancing().Amount * Math.Abs(holding.SignedQuantity);
                Financing += amount;
                holding.Financing += amount;
                Book(holding, amount);
                break;
            case RunEventKind.Split when _open.TryGetValue(key, out var holding):
                holding.SignedQuantity *= e.ToSplit().Ratio;
                break;
            case RunEventKind.Trade when e.ToTrade() is { Reason: not ExitReason.Open } trade && _open.Remove(key, out var holding):
                // What the trade's fills have not brought yet comes with its last one: the loss that the broker bears at ruin is in its
                // financing alone.
                Commission += trade.Commission - holding.Commission;
                Financing += trade.Financing - holding.Financing;
                Book(holding, trade.NetProfit - holding.Flow);
                _order.Remove(key);
                // Nothing is left of a ruined account, not even what rounding leaves.
                if (trade.Reason == ExitReason.Ruined && _order.Count == 0 && Math.Abs(Cash) <= _rounding) Cash = 0;
                break;
        }
    }

    private void Fill(long key, in TradeFill fill, int market, Side side)
    {
        if (!_open.TryGetValue(key, out var holding))
        {
            if (!fill.IsEntry) return;
            _open[key] = holding = new Holding { Market = market };
            _order.Add(key);
        }
        var quantity = (fill.IsEntry ? 1 : -1) * (int)side * fill.Quantity;
        holding.SignedQuantity += quantity;
        holding.Commission += fill.Commission;
        Commission += fill.Commission;
        Book(holding, -quantity * fill.Price * instruments[market].Multiplier - fill.Commission);
    }

    private void Book(Holding holding, double amount)
    {
        holding.Flow += amount;
        Cash += amount;
    }
}
