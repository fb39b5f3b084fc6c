using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The exits that the portfolio makes itself: margin calls, ends of data, limit cuts, and exits that the volume cap has delayed.
/// </summary>
internal sealed class PortfolioExits(PortfolioAccount account, PortfolioTrades trades, RuleSet rules, VolumeCap volume,
    WaitingExits waiting, HeldBars held, MarketActivity activity)
{
    // A cut costs fees, which reduces the room again, and a cut on one side changes the net of both. A few rounds converge.
    private const int MostRounds = 20;
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
            if (Close(key, account.CloseOf(market), time, reason) is { } trade) closed.Add(trade);
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
        trades.Fill(member, new TradeFill(number, time, price, theirs, fee, s_liquidation, IsEntry: false, IsFirst: false, IsMaker: false),
            0);
        return End(key, holding, time, price, reason);
    }

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
                if (Cut(key, share, time) is { } cut)
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

    private LimitCut? Cut(long key, double share, long time)
    {
        var (member, number) = (TradeKey.Member(key), TradeKey.Number(key));
        var holding = account.Holdings[key];
        // The remaining quantity is rounded down to lots, so that enough is closed.
        var stays = share >= 1 ? 0 : account.InstrumentOf(holding.Market).RoundQuantity(holding.Quantity * (1 - share));
        var goes = holding.Quantity - stays;
        if (!(goes > 0)) return null;
        var price = account.CloseOf(holding.Market);
        var theirs = holding.Theirs * (goes / holding.Quantity);
        var fee = account.Fees.ToClose(holding.Market, price, theirs);
        trades.Reduce(key, ref holding,
            new TradeFill(number, time, price, theirs, fee, s_cut, IsEntry: false, IsFirst: false, IsMaker: false), ExitReason.Limit);
        PortfolioTrade? closed = null;
        if (stays > 0)
        {
            // The strategy's own trade stays whole; only the portfolio's scale changes.
            holding = account.Holdings[key];
            holding.Theirs += theirs;
            holding.Scale = holding.Quantity / holding.Theirs;
            account.Holdings[key] = holding;
        }
        else
        {
            closed = End(key, holding, time, price, ExitReason.Limit);
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
            var own = volume.TakeAtClose(market, holding.Quantity);
            if (!(own > 0)) continue;
            var price = account.CloseOf(market);
            var fill = new TradeFill(TradeKey.Number(key), time, price, own, account.Fees.ToClose(market, price, own), s_delayed,
                IsEntry: false, IsFirst: false, IsMaker: false);
            trades.Exit(key, ref holding, fill, own, waiting[key].Reason);
            if (holding.Quantity > 0) continue;
            var trade = waiting[key];
            trade = trade with { ExitTime = time, ExitPrice = price, Bars = Math.Max(trade.Bars, BarsOf(member, holding)) };
            if (trades.Settle(member, trade) is { } whole) (closed ??= []).Add(whole);
        }
        volume.EndTimestamp();
        return closed ?? (IReadOnlyList<PortfolioTrade>)[];
    }

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
