using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

// The end of an account: positions are liquidated at the price that leaves nothing, and the account is closed.
internal sealed partial class StrategyBook
{
    // Ruin is only computed exactly once the equity falls to this share of the position's value.
    private const double NearRuin = 0.05;

    // Whether closing all open trades at a price would leave no equity. A shared account has such a price within a bar as long as this book
    // has all its trades; else it is checked at the closes.
    private bool IsRuinedAt(double price)
    {
        if (_trades.Count == 0) return false;
        if (_shared is not null && !_shared.IsLast(this)) return false;
        var equity = WholeCash + _trades.Net * price;
        // Trades lose their own margins; the account ends where funding has used up the rest.
        if (_margin.IsIsolated) return equity <= 0;
        if (_margin.IsCross && equity <= MarginRequirement(price)) return true;
        return equity <= NearRuin * Math.Abs(_trades.Net * price)
            && equity <= RuinPrice.CostToClose(_trades, price, _execution.Fee, _multiplier);
    }

    // Of the account, if it is shared.
    private double WholeCash => _shared is null ? _account.Cash : InPrices(_shared.Cash);

    // Whether a bar, or a part of one, reaches the price at which the account's current position ruins it. With isolated margin none does.
    private bool IsRuinedWithin(in Bar part) =>
        _trades.Count > 0 && !_margin.IsIsolated && Seen(part) is var seen && IsRuinedAt(_trades.Net < 0 ? seen.High : seen.Low);

    /// <summary>Whether a bar may ruin a shared account, all of whose trades this book has.</summary>
    public bool MayEndIn(int index) => _trades.Count > 0 && _shared!.IsLast(this) && IsRuinedWithin(_block[index]);

    // The price at which the account has no equity left, or with cross margin no more than its positions require; NaN if there is none.
    private double RuinLevel()
    {
        var level = RuinPrice.Of(WholeCash, _trades.Net, _trades, _execution.Fee, _multiplier);
        if (!_margin.IsCross) return level;
        var margin = _margin.PriceOfAccount(WholeCash, _trades.QuantityOf(Side.Buy), _trades.QuantityOf(Side.Sell));
        return double.IsNaN(level) ? margin : double.IsNaN(margin) ? level
            : _trades.Net < 0 ? Math.Min(level, margin) : Math.Max(level, margin);
    }

    // Whether the equity is below the maintenance requirement of the open trades.
    private bool IsCalledAt(double price) =>
        _trades.Count > 0 && OwnEquity(price) < _power.Requirement(_trades.Sums(_power), price);

    // Whether the account ends on this part of a bar, after the stops that come before that. What ruins the account is the worst of all
    // stops: it comes where a stop comes, before or after the targets.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EndsBeforeOrders(in Bar part, in Bar bar, int index)
    {
        var level = RuinLevel();
        for (var i = 0; i < _orders.Count; i++)
            // Manual stop orders that protect a position fill first; the remaining position is checked after them.
            if (_orders[i] is { Role: OrderRole.Net, Type: OrderType.Stop } order
                && IsBefore(order.StopPrice, order.Side == Side.Buy, level))
                return false;
        for (var i = 0; i < _trades.Count; i++)
        {
            ref var trade = ref _trades[i];
            var isShort = trade.Side == Side.Sell;
            var isStopped = IsBefore(trade.Protection.Stop, isShort, level) || IsBefore(trade.Protection.TrailLevel, isShort, level);
            if (!isStopped || !TryProtection(i, part, bar, index)) continue;
            if (!IsRuinedWithin(part)) return false;
            level = RuinLevel();
            i = -1;
        }
        EndInRuin(part, bar, index);
        return true;
    }

    // A higher price stops short positions, a lower one long positions; only stops before the ruin price count.
    private bool IsBefore(double price, bool above, double end) =>
        price > 0 && above == _trades.Net < 0 && (above ? price < end : price > end);

    // Closes everything within a part of a bar, at the price that leaves nothing, or at the open where that is beyond it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndInRuin(in Bar part, in Bar bar, int index)
    {
        var (level, seen) = (RuinLevel(), Seen(part));
        Liquidate(IsRuinedAt(seen.Open) || double.IsNaN(level) ? seen.Open : Math.Clamp(level, seen.Low, seen.High), bar, index);
    }

    /// <summary>Closes every open trade of a shared account that several books have used up, at a price within the bar.</summary>
    public void LiquidateAt(double price, int index)
    {
        if (!_isClosed) Liquidate(price, _block[index], index);
    }

    /// <summary>Whether every open trade was open during a bar.</summary>
    public bool IsExposedTo(int index)
    {
        for (var i = 0; i < _trades.Count; i++)
            if (_trades[i].FirstWholeBar > _block.FirstIndex + index)
                return false;
        return true;
    }

    /// <summary>The prices of a bar by which the exchange liquidates.</summary>
    public Bar SeenIn(int index) => Seen(_block[index]);

    /// <summary>Closes every open trade of a ruined shared account at its symbol's last close.</summary>
    public void Liquidate(int index)
    {
        if (!_isClosed) Liquidate(LastPrice, LastBar(index), index);
    }

    // Where the instrument has no bar now, its last one is over: open trades have seen all of it.
    private Bar LastBar(int index)
    {
        if (_staleAt != 0) MarkBefore(index + 1);
        return _block[index] with { Time = TimeAt(index) };
    }

    // The broker closes every open trade in full, regardless of the bar's volume; no entries follow.
    private void Liquidate(double price, in Bar bar, int index)
    {
        _isClosed = true;
        CloseAll(price, bar, index, _margin.IsCross ? ExitReason.Liquidation : ExitReason.Ruined);
        if (_shared is null) Close();
        Refresh();
    }

    private void CloseAll(double price, in Bar bar, int index, ExitReason reason)
    {
        CancelAll(bar.Time);
        while (_trades.Count > 0) Close(0, price, reason, bar, index);
    }

    // If the last trade leaves no equity, or a debt, the broker bears the loss beyond zero, and the account is closed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteOff(ref OpenTrade trade)
    {
        if (_shared is not null && !_shared.IsLast(this)) return;
        var left = WholeCash;
        var rounding = InPrices(_settings.Cash) * Tolerance.Amount;
        // An account that is being liquidated ends at zero; any other account continues if it has equity left.
        if (left > rounding && !_isClosed) return;
        if (Math.Abs(left) > rounding)
        {
            trade.Finance(-left);
            _meter.Financing -= InAccount(left);
        }
        Pay(-left);
        if (_shared is null) Close();
        else _shared.Close();
    }

    /// <summary>Closes a ruined account: it trades no more.</summary>
    public void Close()
    {
        _isClosed = _isRuined = true;
        if (_shared is not null) return;
        _account.Cash = 0;
        _foreign?.Clear();
    }
}
