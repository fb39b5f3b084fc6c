using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// Liquidates the portfolio's positions within the bars that use up what backs them. It does so for the portfolio's own quantities, whose
/// step of the maintenance table may differ from their strategies'.
/// </summary>
internal sealed class PortfolioLiquidations(PortfolioAccount account, PortfolioTrades trades, PortfolioExits exits)
{
    // Two sums of the same account may differ by this part because of their order.
    private const double Rounding = 1e-9;

    private readonly List<PortfolioTrade> _closed = [];
    // The price at which an account with cross margin is being closed, and its instrument.
    private (int Market, double Price) _end;
    // The positions before a strategy's account was liquidated, and the time of that.
    private (long Time, double Cash, (double Longs, double Shorts, double Price)[] Markets) _before = (long.MinValue, 0, []);
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
        var seen = Seen(market, bar, close);
        if (account.Execution.Margin == MarginMode.Isolated) MarkIsolated(market, bar, seen);
        else MarkCross(market, bar, seen);
    }

    /// <param name="seen">The prices by which the exchange liquidates.</param>
    private void MarkIsolated(int market, in Bar bar, in Bar seen)
    {
        List<long>? reached = null;
        foreach (var (key, holding) in account.Holdings)
            if (holding.Market == market && !IsOnClose(holding, bar)
                && PositionMargin.IsReached(holding.Side, LevelOf(holding, bar), seen))
                (reached ??= []).Add(key);
        if (reached is null) return;
        reached.Sort();
        foreach (var key in reached)
        {
            var holding = account.Holdings[key];
            Liquidate(key, holding, LevelOf(holding, bar), bar, seen);
        }
    }

    /// <summary>
    /// A strategy's exit is about to be followed: first the exchange liquidates the portfolio's part if the bar had reached its own
    /// liquidation price before.
    /// </summary>
    /// <param name="close">The end of the bar, UTC ticks.</param>
    /// <returns>Whether it was liquidated.</returns>
    public bool Precede(long key, in FillTerms terms, long close)
    {
        if (account.Execution.Margin != MarginMode.Isolated || !account.Holdings.TryGetValue(key, out var holding)) return false;
        var (bar, side, level) = (terms.Bar, holding.Side, LevelOf(holding, terms.Bar));
        var seen = Seen(holding.Market, bar, close);
        if (!PositionMargin.IsReached(side, level, seen)) return false;
        // A stop that slips beyond the liquidation price comes too late.
        var worst = terms.AtStop ? account.RuleOf(holding.Market).Price(terms, (Side)(-(int)side), holding.Quantity) : terms.Worst;
        if (!PositionMargin.IsBeyond(side, level, worst)) return false;
        Liquidate(key, holding, level, bar, seen);
        return true;
    }

    private void Liquidate(long key, in PortfolioHolding holding, double level, in Bar bar, in Bar seen)
    {
        // Liquidation at the open comes before the fundings within the bar, which the strategy's trade has paid.
        if (holding.EntryTime < bar.Time && PositionMargin.IsBeyond(holding.Side, level, seen.Open))
            trades.TakeBackFunding(key, bar.Time);
        Close(key, PositionMargin.PriceAt(holding.Side, level, PriceBefore(holding, seen), seen), bar.Time);
    }

    // The prices of a bar by which the exchange liquidates.
    private Bar Seen(int market, in Bar bar, long close)
    {
        var marks = account.InstrumentOf(market).Marks;
        var seen = marks.Count > 0 && close > bar.Time ? MarkedBar.Of(marks, bar, close) : bar;
        _isMarked = seen != bar;
        return seen;
    }

    // A quantity that was added after the bar's open was not exposed to its range.
    private double LevelOf(in PortfolioHolding holding, in Bar bar) => holding.Exposed.Time == bar.Time
        ? account.MarginOf(holding.Market).PriceOf(holding.Side, holding.Exposed.EntryPrice, holding.Exposed.Quantity)
        : account.MarginOf(holding.Market).PriceOf(holding.Side, holding.EntryPrice, holding.Quantity);

    private static bool IsOnClose(in PortfolioHolding holding, in Bar bar) => holding.EnteredOnClose && holding.EntryTime == bar.Time;

    private double PriceBefore(in PortfolioHolding holding, in Bar seen) =>
        holding.EntryTime == seen.Time && !holding.EnteredAtOpen && !_isMarked ? holding.EntryPrice : seen.Open;

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
        var level = account.MarginOf(market).PriceOfAccount(account.Cash / account.RateOf(market), longs, shorts);
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

    /// <summary>
    /// A strategy's account with cross margin was liquidated, and a trade of it at a price: so is the portfolio's if it has no more. What
    /// counts are its positions before the first of the strategy's trades was closed, at the prices of those that were closed since.
    /// </summary>
    /// <param name="time">Time of the liquidation, UTC ticks.</param>
    public void Follow(int market, double price, long time)
    {
        if (account.IsLiquidating || account.Holdings.Count == 0) return;
        if (_before.Time != time) _before = (time, account.Cash, [.. Enumerable.Range(0, account.Instruments.Count).Select(StateOf)]);
        _before.Markets[market].Price = price;
        var (equity, needed) = (_before.Cash, 0.0);
        for (var i = 0; i < _before.Markets.Length; i++)
        {
            var (longs, shorts, at) = _before.Markets[i];
            equity += (longs - shorts) * account.InstrumentOf(i).Multiplier * at * account.RateOf(i);
            needed += account.MarginOf(i).Requirement(at, longs, shorts) * account.RateOf(i);
        }
        if (equity > needed + Math.Abs(needed) * Rounding + Math.Abs(account.StartingCash) * Rounding) return;
        _end = (market, price);
        account.IsLiquidating = true;
    }

    private (double Longs, double Shorts, double Price) StateOf(int market)
    {
        var (longs, shorts) = account.QuantitiesIn(market);
        return (longs, shorts, account.CloseOf(market));
    }
}
