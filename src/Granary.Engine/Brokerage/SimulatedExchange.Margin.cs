using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Brokerage;

// Liquidation, by the rule of strategy accounts and the portfolio.
public sealed partial class SimulatedExchange
{
    private const string Liquidated = "the account was liquidated";

    private readonly Dictionary<string, PositionMargin> _margins = instruments.ToDictionary(i => i.Key,
        i => new PositionMargin(i.Value, execution.For(i.Key)), StringComparer.Ordinal);

    // The prices of the bar that is worked by which the exchange liquidates.
    private Bar _seen;

    private void See(in ClosedBar closed) => _seen = execution.Margin == MarginMode.None || instruments[closed.Symbol].Marks.Count == 0
        ? closed.Bar : MarkedBar.Of(instruments[closed.Symbol].Marks, closed.Bar, closed.Timeframe.CloseOf(closed.Bar.Time));

    private bool HasMarks(string symbol) => instruments[symbol].Marks.Count > 0;

    private double LevelOf(WorkingOrder w) => _margins[w.Order.Symbol].PriceOf(w.Order.Side, w.EntryPrice, w.Open);

    // ---- isolated margin ----

    // Liquidates the trades whose liquidation price the bar opens beyond.
    private void LiquidateAtOpen(string symbol, in Bar bar)
    {
        for (var i = 0; i < _live.Count; i++)
            if (_live[i] is { Open: > 0 } w && w.Order.Symbol == symbol && PositionMargin.IsBeyond(w.Order.Side, LevelOf(w), _seen.Open))
                Liquidate(w, _seen.Open, bar.Time);
    }

    // Whether the bar liquidates a trade, before its stop and target or after them.
    private bool IsLiquidated(WorkingOrder w, in Bar bar, bool works, bool afterTargets)
    {
        var isEntryBar = w.EntryTime == bar.Time;
        if (!(w.Open > 0) || isEntryBar && w.Order.Type == OrderType.MarketOnClose) return false;
        var (side, level, from) = (w.Order.Side, LevelOf(w), isEntryBar && !w.AtOpen ? w.EntryPrice : bar.Open);
        if (!PositionMargin.IsReached(side, level, _seen)) return false;
        var stop = _rules[w.Order.Symbol].StopPrice(side, w.Levels.WorkingStop(side).Price, from, w.Open, bar);
        if (!afterTargets && !PositionMargin.ComesFirst(side, level, w.Levels, works, bar, from, stop, (execution.Intrabar, false)))
            return false;
        Liquidate(w, PositionMargin.PriceAt(side, level, HasMarks(w.Order.Symbol) ? _seen.Open : from, _seen), bar.Time);
        return true;
    }

    // Takes a trade over with what is left of its margin; a loss beyond the margin is the exchange's.
    private void Liquidate(WorkingOrder w, double price, long time)
    {
        var symbol = w.Order.Symbol;
        var fee = execution.For(symbol).Fee.Fee(price, w.Open, instruments[symbol].Multiplier, maker: false);
        Pay(w, FinancingKind.Liquidation, -_margins[symbol].Left(w.Order.Side, w.EntryPrice, w.Open, price, fee) / w.Open, time);
        Close(w, w.Open, price, maker: false, ExitReason.Liquidation.Word(), w, time);
    }

    // ---- cross margin ----

    // The equity at which the account is closed: 0, or what the positions require at the last closes.
    private double Floor()
    {
        var needed = 0.0;
        if (execution.Margin != MarginMode.Cross) return needed;
        foreach (var symbol in _live.Where(w => w.Open > 0).Select(w => w.Order.Symbol).Distinct())
        {
            var (longs, shorts) = HeldIn(symbol);
            needed += _margins[symbol].Requirement(_closes[symbol], longs, shorts);
        }
        return needed;
    }

    private (double Longs, double Shorts) HeldIn(string symbol)
    {
        var (longs, shorts) = (0.0, 0.0);
        foreach (var w in _live)
            if (w.Open > 0 && w.Order.Symbol == symbol)
            {
                if (w.Order.Side == Side.Buy) longs += w.Open;
                else shorts += w.Open;
            }
        return (longs, shorts);
    }

    // The price of a symbol that liquidates the account. Only an account whose positions are all in the symbol has one within a bar; others
    // count at the closes.
    private (Side Side, double Level) LevelOfAccount(string symbol, in Bar bar)
    {
        foreach (var w in _live)
            if (w.Open > 0 && (w.Order.Symbol != symbol || w.EntryTime == bar.Time && w.Order.Type == OrderType.MarketOnClose))
                return (Side.Buy, double.NaN);
        var (longs, shorts) = HeldIn(symbol);
        return (longs > shorts ? Side.Buy : Side.Sell, _margins[symbol].PriceOfAccount(_account.Cash, longs, shorts));
    }

    private bool EndsAtOpen(string symbol, in Bar bar)
    {
        var (side, level) = LevelOfAccount(symbol, bar);
        if (!PositionMargin.IsBeyond(side, level, _seen.Open)) return false;
        EndInLiquidation(symbol, _seen.Open, bar.Time);
        return true;
    }

    // Whether the account ends before the targets of its trades; the stops that come before its price close theirs first.
    private bool EndsBeforeTargets(string symbol, in Bar bar)
    {
        if (execution.Intrabar != IntrabarRule.StopFirst) return false;
        while (LevelOfAccount(symbol, bar) is var (side, level) && PositionMargin.IsReached(side, level, _seen))
        {
            var before = _live.Find(w => w.Open > 0 && w.Order.Side == side && w.Levels.WorkingStop(side).Price is > 0 and var stop
                && (side == Side.Buy ? stop > level : stop < level));
            if (before is null) return Ends(symbol, bar);
            var open = before.Open;
            Protect(before, bar);
            if (before.Open == open) return Ends(symbol, bar);
        }
        return false;
    }

    private bool Ends(string symbol, in Bar bar)
    {
        var (side, level) = LevelOfAccount(symbol, bar);
        if (!PositionMargin.IsReached(side, level, _seen)) return false;
        var from = _seen.Open;
        foreach (var w in _live)
            if (w.Open > 0 && w.EntryTime == bar.Time && !w.AtOpen && !HasMarks(symbol))
                from = w.EntryPrice;
        EndInLiquidation(symbol, PositionMargin.PriceAt(side, level, from, _seen), bar.Time);
        return true;
    }

    private void EndInLiquidation(string symbol, double price, long time)
    {
        _closes[symbol] = price;
        End(time, ExitReason.Liquidation, Liquidated);
    }
}
