using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// Liquidates the portfolio's positions within the bars that use up what backs them. It does so for the portfolio's own quantities, whose
/// step of the maintenance table may be another one than that of their strategies.
/// </summary>
internal sealed class PortfolioLiquidations(PortfolioAccount account, PortfolioExits exits)
{
    // Two sums of the same account may differ by this part because of their order.
    private const double Rounding = 1e-9;

    private readonly List<PortfolioTrade> _closed = [];
    // The price at which an account with cross margin is being closed, and its instrument.
    private (int Market, double Price) _end;
    // Whether mark prices decide in this bar.
    private bool _isMarked;

    /// <summary>The trades that were closed since the last call.</summary>
    public IReadOnlyList<PortfolioTrade> Take()
    {
        if (_closed.Count == 0) return [];
        List<PortfolioTrade> closed = [.. _closed];
        _closed.Clear();
        return closed;
    }

    /// <summary>A bar of an instrument has closed; what strategies did within it is booked.</summary>
    /// <param name="close">The end of the bar, UTC ticks.</param>
    public void Mark(int market, in Bar bar, long close)
    {
        if (account.Holdings.Count == 0) return;
        var marks = account.InstrumentOf(market).Marks;
        var seen = marks.Count > 0 && close > bar.Time ? MarkedBar.Of(marks, bar, close) : bar;
        _isMarked = seen != bar;
        if (account.Execution.Margin == MarginMode.Isolated) MarkIsolated(market, bar, seen);
        else MarkCross(market, bar, seen);
    }

    /// <param name="seen">The prices by which the exchange liquidates.</param>
    private void MarkIsolated(int market, in Bar bar, in Bar seen)
    {
        List<long>? reached = null;
        foreach (var (key, holding) in account.Holdings)
            if (holding.Market == market && !IsOnClose(holding, bar) && PositionMargin.IsReached(holding.Side, LevelOf(holding), seen))
                (reached ??= []).Add(key);
        if (reached is null) return;
        reached.Sort();
        foreach (var key in reached)
        {
            var holding = account.Holdings[key];
            Close(key, PositionMargin.PriceAt(holding.Side, LevelOf(holding), PriceBefore(holding, seen), seen), bar.Time);
        }
    }

    private double LevelOf(in PortfolioHolding holding) =>
        account.MarginOf(holding.Market).PriceOf(holding.Side, holding.EntryPrice, holding.Quantity);

    // A position that was entered on the bar's close was not exposed to the bar.
    private static bool IsOnClose(in PortfolioHolding holding, in Bar bar) =>
        holding.EntryTime == bar.Time && holding.EntryPrice == bar.Close;

    private double PriceBefore(in PortfolioHolding holding, in Bar seen) =>
        holding.EntryTime == seen.Time && !_isMarked ? holding.EntryPrice : seen.Open;

    // Only an account whose positions are all in one instrument has a price within the bar; others count at the closes.
    private void MarkCross(int market, in Bar bar, in Bar seen)
    {
        if (account.IsLiquidating)
        {
            CloseAll(bar.Time);
            return;
        }
        var from = seen.Open;
        foreach (var holding in account.Holdings.Values)
        {
            if (holding.Market != market || IsOnClose(holding, bar)) return;
            from = PriceBefore(holding, seen);
        }
        var (longs, shorts) = account.QuantitiesIn(market);
        var side = longs > shorts ? Side.Buy : Side.Sell;
        var level = account.MarginOf(market).PriceOfAccount(account.Cash, longs, shorts);
        if (!PositionMargin.IsReached(side, level, seen)) return;
        _end = (market, PositionMargin.PriceAt(side, level, from, seen));
        account.IsLiquidating = true;
        CloseAll(bar.Time);
    }

    private void CloseAll(long time)
    {
        foreach (var key in account.Holdings.Keys.Order().ToList())
        {
            var market = account.Holdings[key].Market;
            Close(key, market == _end.Market ? _end.Price : account.CloseOf(market), time);
        }
    }

    private void Close(long key, double price, long time)
    {
        if (exits.Close(key, price, time, ExitReason.Liquidation) is { } trade) _closed.Add(trade);
    }

    /// <summary>A strategy's account with cross margin was liquidated at a price: so is the portfolio's if it has no more.</summary>
    public void Follow(int market, double price)
    {
        if (account.IsLiquidating || account.Holdings.Count == 0) return;
        var (equity, needed) = (account.Cash, 0.0);
        for (var i = 0; i < account.Instruments.Count; i++)
        {
            var at = i == market ? price : account.CloseOf(i);
            var (longs, shorts) = account.QuantitiesIn(i);
            equity += (longs - shorts) * account.InstrumentOf(i).Multiplier * at;
            needed += account.MarginOf(i).Requirement(at, longs, shorts);
        }
        if (equity > needed + Math.Abs(needed) * Rounding + Math.Abs(account.StartingCash) * Rounding) return;
        _end = (market, price);
        account.IsLiquidating = true;
    }
}
