using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Trading.Book;

// What happens when the equity is below what the positions need, and when nothing is left of it.
internal sealed partial class StrategyBook
{
    // An account that has more equity than this part of its position's value is not looked at any closer.
    private const double NearRuin = 0.05;

    /// <summary>The equity that the open trades need.</summary>
    public double Requirement(double price) => _power.Requirement(_trades, price);

    /// <summary>The account had no equity left and was closed; it stays at zero.</summary>
    public bool IsRuined { get; private set; }

    private bool IsCalledAt(double price) => _trades.Count > 0 && OwnEquity(price) < _power.Requirement(_trades, price);

    /// <summary>Cancels what waits and closes what is open at the open of the bar that comes now.</summary>
    /// <param name="time">Open time of the bar before, UTC ticks: a split on the way changes the exits too.</param>
    public void HandOver(long time)
    {
        if (_closed) return;
        for (var i = _orders.Count - 1; i >= 0; i--)
            if (_orders[i].Role != OrderRole.Exit)
                Drop(i, OrderState.Cancelled, time);
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Exiting) continue;
            ref var order = ref NewExit(trade, OrderType.Market, ExitReason.Handover, time);
            Send(ref order);
            trade.Exiting = true;
        }
        Refresh();
    }

    /// <summary>Closes everything at the next open, since the account cannot carry it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CallMargin(int index)
    {
        if (_closed) return;
        CancelEntries(Side.Buy, index);
        CancelEntries(Side.Sell, index);
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            if (trade.Exiting) continue;
            // The broker does it, without a way to go.
            if (Close(ref trade, index, OrderType.Market, ExitReason.MarginCall)) i--;
            else _orders.Last.WorksFrom = 0;
        }
        Refresh();
    }

    // Whether closing all open trades at a price would leave nothing. A shared account is looked at by its run, at the closes of all
    // symbols.
    private bool IsRuinedAt(double price)
    {
        if (_trades.Count == 0 || _account is not null) return false;
        var equity = OwnEquity(price);
        return equity <= NearRuin * Math.Abs(_net) * price && equity <= RuinPrice.CostToClose(_trades, price, _execution.Fee, _multiplier);
    }

    // Whether a bar, or a part of one, goes as far as the ruin of the account as it stands now.
    private bool IsRuinedWithin(in Bar part) => _trades.Count > 0 && IsRuinedAt(_net < 0 ? part.High : part.Low);

    // Whether the account ends on this part of a bar, after the stops that come before that.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EndsBeforeOrders(in Bar part, in Bar bar, int index, long feedIndex)
    {
        var level = RuinPrice.Of(_cash, _net, _trades, _execution.Fee, _multiplier);
        for (var i = 0; i < _orders.Count; i++)
            // Orders by hand that protect a position are worked in their turn; what is left is looked at after them.
            if (_orders[i] is { Role: OrderRole.Net, Type: OrderType.Stop } order
                && IsBefore(order.StopPrice, order.Side == Side.Buy, level))
                return false;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var isShort = trade.Side == Side.Sell;
            var protectedByStop = IsBefore(trade.Stop, isShort, level) || IsBefore(trade.TrailLevel, isShort, level);
            if (!protectedByStop || !Protect(ref trade, i, part, bar, index, feedIndex)) continue;
            if (!IsRuinedWithin(part)) return false;
            level = RuinPrice.Of(_cash, _net, _trades, _execution.Fee, _multiplier);
            i = -1;
        }
        Ruin(part, bar, index);
        return true;

        // A price above stops what is short, a price below what is long; only those on the way to ruin count.
        bool IsBefore(double price, bool above, double end) => price > 0 && above == _net < 0 && (above ? price < end : price > end);
    }

    // Closes everything within a part of a bar, at the price that leaves nothing, or at the open where that is beyond it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Ruin(in Bar part, in Bar bar, int index)
    {
        var level = RuinPrice.Of(_cash, _net, _trades, _execution.Fee, _multiplier);
        Liquidate(IsRuinedAt(part.Open) || double.IsNaN(level) ? part.Open : Math.Clamp(level, part.Low, part.High), bar, index);
    }

    /// <summary>Closes every open trade of a shared account at its symbol's last close, since nothing is left of the account.</summary>
    public void Liquidate(int index)
    {
        if (!_closed) Liquidate(LastPrice, LastBar(index), index);
    }

    /// <summary>Closes every open trade of a shared account at its symbol's last close, since the symbol has stopped trading.</summary>
    public void CloseEnded(int index)
    {
        if (_trades.Count == 0) return;
        CloseAll(LastPrice, LastBar(index), index, ExitReason.DataEnded);
        Refresh();
    }

    private Bar LastBar(int index) => _block[index] with { Time = TimeAt(index) };

    // The broker closes every open trade, whole, whatever the bar's volume; nothing is entered any more.
    private void Liquidate(double price, in Bar bar, int index)
    {
        _closed = true;
        CloseAll(price, bar, index, ExitReason.Ruined);
        if (_account is null) CloseAccount();
        Refresh();
    }

    private void CloseAll(double price, in Bar bar, int index, ExitReason reason)
    {
        CancelAll(bar.Time);
        while (_trades.Count > 0)
        {
            var paid = default(OrderFees);
            var fee = FeeOf(price, _trades[0].Quantity, maker: false, bar.Time, ref paid);
            CloseTrade(0, _trades[0].Quantity, price, fee, maker: false, default, reason, bar, index);
        }
    }

    private void CancelAll(long time)
    {
        while (_orders.Count > 0) Drop(_orders.Count - 1, OrderState.Cancelled, time);
    }

    // The account's last trade has left nothing, or less: the broker bears what is missing, and the account is closed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteOff(ref OpenTrade trade)
    {
        if (_account is not null && !_account.IsLast(this)) return;
        var left = _account?.Cash ?? _cash;
        var rounding = _settings.Cash * 1e-9;
        // An account that is being liquidated ends at zero; one that goes on has something left.
        if (left > rounding && !_closed) return;
        if (Math.Abs(left) > rounding)
        {
            trade.Financing -= left;
            _tradeMeter.Financing -= left;
        }
        _cash -= left;
        if (_account is null) CloseAccount();
        else _account.Close();
    }

    /// <summary>Nothing is left: nothing is traded any more.</summary>
    public void CloseAccount()
    {
        _closed = IsRuined = true;
        if (_account is null) _cash = 0;
    }
}
