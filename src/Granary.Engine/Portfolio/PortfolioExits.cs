using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The exits that the portfolio makes itself: margin calls, ends of data, limit cuts, and exits that the volume cap has delayed.
/// </summary>
internal sealed class PortfolioExits(PortfolioAccount account, PortfolioTrades trades, RuleSet rules, VolumeCap volume,
    WaitingExits waiting, HeldBars held, MarketActivity activity)
{
    // A cut costs fees, which reduces the room again, and a cut on one side changes the net of both. A few rounds converge.
    private const int MostRounds = 20;
    // Sums of fills have rounding errors.
    private const double Rounding = 1e-9;
    // Order ids of the portfolio's own exits.
    private static readonly OrderId s_liquidation = new(-1), s_cut = new(-2), s_delayed = new(-3);

    /// <summary>Whether the equity is below the maintenance requirement of the positions.</summary>
    public bool IsCalled => account.Execution.CallRate > 0 && account.Equity < account.Requirement();

    /// <summary>Whether a position is open in an instrument that has stopped trading.</summary>
    public bool HoldsInactive
    {
        get
        {
            foreach (var holding in account.Holdings.Values)
                if (activity.IsInactive(holding.Market))
                    return true;
            return false;
        }
    }

    /// <summary>
    /// Closes positions at the last closes: all, or with <see cref="ExitReason.DataEnded"/> those in instruments that have stopped trading.
    /// </summary>
    public IReadOnlyList<PortfolioTrade> CloseAll(long time, ExitReason reason)
    {
        var closed = new List<PortfolioTrade>();
        foreach (var key in account.Holdings.Keys.Order().ToList())
        {
            var market = account.Holdings[key].Market;
            if (reason == ExitReason.DataEnded && !activity.IsInactive(market)) continue;
            var holding = account.Holdings[key];
            // A margin call is an order of the portfolio's own; the broker and the end of the data take the last close.
            var price = reason == ExitReason.MarginCall
                ? account.PriceAtClose(market, (Side)(-(int)holding.Side), holding.Quantity) : account.CloseOf(market);
            if (Close(key, price, time, reason) is { } trade) closed.Add(trade);
        }
        return closed;
    }

    /// <summary>Closes one trade at a price.</summary>
    public PortfolioTrade? Close(long key, double price, long time, ExitReason reason)
    {
        var (member, number) = (TradeKey.Member(key), TradeKey.Number(key));
        var holding = account.Holdings[key];
        var theirs = holding.Theirs > 0 ? holding.Theirs : 1;
        var fee = account.Fees.ToClose(holding.Market, price, theirs);
        if (reason == ExitReason.Liquidation) trades.BeginLiquidation(key);
        trades.Fill(member, FillOf(number, time, price, theirs, fee, s_liquidation) with { Reason = reason }, 0);
        return End(key, holding, time, price, reason);
    }

    private static TradeFill FillOf(int number, long time, double price, double quantity, double fee, OrderId order) =>
        new(number, time, price, quantity, fee, order, IsEntry: false, IsFirst: false, IsMaker: false);

    // The portfolio only sees closes, so the trade's excursions within bars are unknown.
    private PortfolioTrade? End(long key, in PortfolioHolding holding, long time, double price, ExitReason reason)
    {
        var (member, number) = (TradeKey.Member(key), TradeKey.Number(key));
        var trade = new Trade(number, holding.Side, holding.Entered, holding.EntryTime, holding.EntryTime, holding.EntryPrice, time, price,
            0, 0, BarsOf(member, holding), reason, double.NaN, double.NaN)
        { SymbolIndex = account.SymbolOf(member, holding.Market) };
        account.Release(key, out _);
        return waiting.Add(key, trade) ? null : trades.Settle(member, trade);
    }

    // The number of bars from the entry to the last bar of its market that the portfolio has seen.
    private int BarsOf(int member, in PortfolioHolding holding) =>
        held.Since(holding.Market, account.Member(member).Timeframe, holding.EntryBar);

    /// <summary>Closes the part of each trade by which prices have moved the portfolio beyond a limit, at the last closes.</summary>
    /// <param name="revalue">Values the portfolio again.</param>
    public IReadOnlyList<LimitCut> Cut(long time, Action<long> revalue)
    {
        List<LimitCut>? cuts = null;
        for (var round = 0; round < MostRounds && account.Holdings.Count > 0; round++)
        {
            revalue(time);
            var shares = Overrun();
            if (shares.Count == 0) break;
            foreach (var (key, share) in shares)
                if (Cut(key, share, time, ExitReason.Limit) is { } cut)
                    (cuts ??= []).Add(cut);
        }
        return cuts ?? (IReadOnlyList<LimitCut>)[];
    }

    // The share of each trade to close, in the order of the trades' keys. Trades that are already being closed are skipped.
    private List<(long Key, double Share)> Overrun()
    {
        List<(long, double)> shares = [];
        foreach (var key in account.Holdings.Keys.Order())
        {
            if (waiting.Contains(key)) continue;
            var holding = account.Holdings[key];
            var share = rules.ShareToClose(new PositionScope(TradeKey.Member(key), holding.Market, holding.Side, CountsReserved: false));
            if (share > 0) shares.Add((key, share));
        }
        return shares;
    }

    /// <summary>
    /// Closes what is held short beyond what could be borrowed at the closes before, the last entered first, at the last closes. Since then
    /// the strategies themselves could close what was recalled from them.
    /// </summary>
    /// <param name="time">The open of the bars that closed, UTC ticks.</param>
    /// <param name="known">The closes before, UTC ticks.</param>
    public IReadOnlyList<LimitCut> CutRecalled(long time, long known)
    {
        List<LimitCut>? cuts = null;
        if (known == long.MinValue) return [];
        for (var market = 0; market < account.Instruments.Count; market++)
        {
            if (account.InstrumentOf(market).Borrow is not { ClosesRecalled: true } borrow) continue;
            var excess = account.QuantitiesIn(market).Shorts - borrow.AvailableAt(known);
            if (!(excess > 0)) continue;
            foreach (var key in account.Holdings.Where(h => h.Value.Market == market && h.Value.Side == Side.Sell)
                .OrderByDescending(h => h.Value.EntryTime).ThenByDescending(h => h.Key).Select(h => h.Key).ToList())
            {
                var quantity = account.Holdings[key].Quantity;
                // Trades that wait for their exit are being closed.
                if (waiting.Contains(key))
                {
                    excess -= quantity;
                    continue;
                }
                if (!(excess > Rounding * quantity)) break;
                if (Cut(key, Math.Min(1, excess / quantity), time, ExitReason.Recalled) is { } cut) (cuts ??= []).Add(cut);
                excess -= quantity;
            }
        }
        return cuts ?? (IReadOnlyList<LimitCut>)[];
    }

    /// <summary>Closes a part of a trade; the strategy's own trade stays whole.</summary>
    /// <param name="open">The bar at whose open it is closed; null = at the last close.</param>
    /// <returns>Null if the part is smaller than a lot.</returns>
    public LimitCut? Cut(long key, double share, long time, ExitReason reason, Bar? open = null)
    {
        var (member, number) = (TradeKey.Member(key), TradeKey.Number(key));
        var holding = account.Holdings[key];
        // The remaining quantity is rounded down to lots, so that enough is closed.
        var stays = share >= 1 ? 0 : account.InstrumentOf(holding.Market).RoundQuantity(holding.Quantity * (1 - share));
        var goes = holding.Quantity - stays;
        if (!(goes > 0)) return null;
        var side = (Side)(-(int)holding.Side);
        var price = open is { } bar ? account.PriceAtOpen(holding.Market, bar, side, goes)
            : account.PriceAtClose(holding.Market, side, goes);
        var theirs = holding.Theirs * (goes / holding.Quantity);
        var fee = account.Fees.ToClose(holding.Market, price, theirs);
        // A cut is no part of the strategy's exits.
        holding.Whole = default;
        trades.Reduce(key, ref holding, FillOf(number, time, price, theirs, fee, s_cut) with { Reason = reason });
        PortfolioTrade? closed = null;
        if (stays > 0)
        {
            // The strategy's own trade stays whole; only the portfolio's scale changes.
            holding = account.Holdings[key];
            holding.Theirs += theirs;
            holding.Scale = holding.Quantity / holding.Theirs;
            holding.Whole = default;
            account.Holdings[key] = holding;
        }
        else
        {
            closed = End(key, holding, time, price, reason);
        }
        return new LimitCut(member, number, goes / (goes + stays), closed);
    }

    /// <summary>
    /// Closes trades that strategies have closed but the portfolio could not, at the last closes and within the volume of the bars that
    /// closed now.
    /// </summary>
    /// <returns>The trades that are now fully closed.</returns>
    public IReadOnlyList<PortfolioTrade> CloseWaiting(long time)
    {
        if (!volume.IsOn) return [];
        List<PortfolioTrade>? closed = null;
        foreach (var key in waiting.Keys)
        {
            var holding = account.Holdings[key];
            var (market, member) = (holding.Market, TradeKey.Member(key));
            // With the bar in which its listing ends all of a symbol is closed, at the last price.
            var isGone = held.EndAt(market, volume.LastBar(market)) is not null;
            var own = isGone ? holding.Quantity : volume.TakeAtClose(market, holding.Quantity);
            if (!(own > 0)) continue;
            var price = isGone ? account.CloseOf(market) : account.PriceAtClose(market, (Side)(-(int)holding.Side), own);
            var trade = waiting[key];
            trades.Exit(key, ref holding, FillOf(trade.Number, time, price, own, account.Fees.ToClose(market, price, own), s_delayed) with
            { Reason = trade.Reason }, own);
            if (holding.Quantity > 0) continue;
            trade = trade with { ExitTime = time, ExitPrice = price, Bars = Math.Max(trade.Bars, BarsOf(member, holding)) };
            if (trades.Settle(member, trade) is { } whole) (closed ??= []).Add(whole);
        }
        volume.EndTimestamp();
        return closed ?? (IReadOnlyList<PortfolioTrade>)[];
    }

    /// <summary>
    /// Books what a bar brings to trades that wait for their exit, since their strategies report nothing of them any more: borrow fees,
    /// dividends and splits. Call it before the bar's close is marked.
    /// </summary>
    public void BookWaiting(int market, in Bar bar)
    {
        var time = bar.Time;
        foreach (var key in waiting.Keys)
        {
            if (account.Holdings[key].Market != market) continue;
            var before = waiting.BookTo(key, time);
            var (instrument, side) = (account.InstrumentOf(market), account.Holdings[key].Side);
            var rates = new FinancingRate(account.Execution.For(instrument.Symbol), instrument.Borrow);
            var charged = before / TimeSpan.TicksPerDay;
            if (side == Side.Sell && rates.ChargesBorrowFee && FinancingRate.Nights(ref charged, time) is > 0 and var nights
                && rates.BorrowFee(nights, charged) is not 0 and var fee)
                Pay(key, FinancingKind.BorrowFee, -account.CloseOf(market) * instrument.Multiplier * fee, time);
            var timeframe = account.Member(TradeKey.Member(key)).Timeframe;
            for (var i = 0; i < instrument.Changes.Count; i++)
                if (instrument.Changes[i] is { Kind: ListingChangeKind.Roll } roll && roll.Time > before && roll.Time <= bar.Time)
                    trades.Roll(market, i, bar);
            foreach (var action in instrument.CorporateActions)
            {
                var from = action.From(timeframe);
                if (from <= before || from > time) continue;
                if (action.Dividend != 0)
                    Pay(key, FinancingKind.Dividend, (int)side * action.Dividend * instrument.Multiplier, time);
                if (action.SplitRatio != 1) trades.Split(key, time, action.ExDate, action.SplitRatio);
            }
        }
    }

    private void Pay(long key, FinancingKind kind, double amount, long time) =>
        trades.Finance(key, new FinancingEvent(TradeKey.Number(key), time, kind, amount) { IsAtOpen = true });

    /// <summary>
    /// Returns the trades that still wait for their exit when the bars end, as open at the last closes. The closed part of each precedes
    /// it.
    /// </summary>
    public IReadOnlyList<PortfolioTrade> EndWaiting(long time)
    {
        List<PortfolioTrade> open = [];
        foreach (var key in waiting.Keys)
        {
            var trade = waiting[key] with
            {
                ExitTime = time,
                ExitPrice = account.CloseOf(account.Holdings[key].Market),
                Reason = ExitReason.Open
            };
            if (trades.ClosedPart(TradeKey.Member(key), TradeKey.Number(key)) is { } part) open.Add(part);
            if (trades.Settle(TradeKey.Member(key), trade) is { } rest) open.Add(rest);
        }
        return open;
    }
}
