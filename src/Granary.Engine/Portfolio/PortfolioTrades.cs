using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>
/// The portfolio's share of its strategies' trades: it opens, adds to, reduces, closes and splits them, and books financing.
/// </summary>
internal sealed class PortfolioTrades(PortfolioAccount account, RuleSet rules, PortfolioPolicy policy, VolumeCap volume,
    SpendableCash cash, WaitingExits waiting, HeldBars held)
{
    // Sums of fills leave rounding errors: amounts below this fraction of the starting cash count as zero.
    private const double EquityRounding = 1e-9;
    // A fill that covers nearly all of a trade's remaining quantity is its last one.
    private const double LastPart = 1 - 1e-12;

    // A price that was computed from sums of fills reaches a level from which it differs by less than this part.
    private const double LevelRounding = 1e-9;

    private readonly HashSet<(int Market, long ExDate)> _splits = [];
    // The entries that were reduced to what could be borrowed.
    private readonly HashSet<long> _borrowed = [];
    // The lots of trades that are being liquidated, as they were before.
    private readonly Dictionary<long, Lot> _liquidated = [];
    // The day up to which interest has been charged, as days since 0001-01-01; before the first event there is no position.
    private long _financedTo;

    /// <summary>Whether the volume cap of the bar was reached at the last entry fill.</summary>
    public bool VolumeCapReached { get; private set; }

    /// <summary>Fraction of the trade that cash could not pay at the last fill of an entry, 0 to 1.</summary>
    public double CashCut { get; private set; }

    /// <summary>Number of entries that were reduced at their fill because cash could not pay for them.</summary>
    public int Resized { get; set; }

    /// <summary>The terms of the next fill; null where its price does not depend on the quantity.</summary>
    public FillTerms? Terms { get; set; }

    // The fill at the price that a quantity of the portfolio's has.
    private TradeFill Priced(int market, in TradeFill fill, Side side, double quantity) => Terms is not { } terms ? fill
        : fill with { Price = account.RuleOf(market).Price(terms, side, quantity) };

    private double FeeOf(long key, int market, in TradeFill fill, double own) =>
        account.Fees.Of(key, market, fill, own, hasOwnPrice: Terms is not null);

    /// <summary>Number of entries that were reduced to what could be borrowed.</summary>
    public int Borrowed => _borrowed.Count;

    /// <summary>Whether nothing could be borrowed for the last entry fill.</summary>
    public bool IsUnborrowed { get; private set; }

    /// <summary>The most recent closed trades; null if they are not recorded.</summary>
    public RecentTrades? Closed { get; set; }

    // ---- entries ----

    /// <summary>Applies a fill of a strategy's trade.</summary>
    /// <returns>The portfolio's quantity; 0 if it does not take part.</returns>
    public double Fill(int member, in TradeFill fill, int symbol)
    {
        ChargeNights(fill.Time);
        VolumeCapReached = IsUnborrowed = false;
        CashCut = 0;
        if (fill.IsFirst) return Open(member, fill, symbol);
        var key = TradeKey.Of(member, fill.Number);
        if (!account.Holdings.TryGetValue(key, out var holding)) return fill.IsEntry ? Open(member, fill, symbol) : 0;
        if (!fill.IsEntry) return Reduce(key, ref holding, fill);
        var wasReserved = account.Release(key, out var reservation);
        if (wasReserved) account.KeepRest(key, reservation, fill.Quantity);
        return Add(key, ref holding, fill, wasReserved);
    }

    private double Open(int member, in TradeFill theirs, int symbol)
    {
        var fill = theirs;
        var market = account.MarketOf(member, symbol);
        var key = TradeKey.Of(member, fill.Number);
        if (!account.Release(key, out var reservation) || account.IsRuined) return 0;
        account.KeepRest(key, reservation, fill.Quantity);
        var own = account.InstrumentOf(market).RoundQuantity(fill.Quantity * reservation.Scale);
        fill = Priced(market, fill, reservation.Side, own);
        if (policy.HoldsLimitsAtEveryBar)
            own = Fitting(new PositionScope(member, market, reservation.Side, CountsReserved: false), own, fill.Price);
        own = Shortable(key, market, reservation.Side, own, fill.Time);
        own = Affordable(market, fill, own);
        var fits = own > 0 ? volume.Take(market, fill, own) : own;
        VolumeCapReached = own > 0 && !(fits > 0);
        own = fits;
        if (!(own > 0))
        {
            account.KeepUnopened(key);
            return 0;
        }
        fill = Priced(market, fill, reservation.Side, own);
        var fee = FeeOf(key, market, fill, own);
        account.Enter(member, market, reservation.Side, fill, own, fee);
        account.Holdings.Add(key, new PortfolioHolding
        {
            Lot = new Lot(reservation.Side, own, fill.Price, fee),
            Scale = own / fill.Quantity,
            Weight = account.Member(member).Weight,
            Theirs = fill.Quantity,
            Market = market,
            EntryTime = fill.Time,
            Changes = ChangesBefore(market, fill.Time),
            EnteredOnClose = fill.IsOnClose,
            EnteredAtOpen = fill.IsAtOpen,
            EntryBar = held.EntryBar(market, account.Member(member).Timeframe, fill.Time),
        });
        account.OpenTrade(member, market);
        account.Record((ulong)key, (ulong)fill.Time);
        account.Record(fill.Price, own);
        return own;
    }

    // How many changes of the listing were made by the open of a bar.
    private int ChangesBefore(int market, long time)
    {
        var changes = account.InstrumentOf(market).Changes;
        var count = changes.Count;
        while (count > 0 && changes[count - 1].Time > time) count--;
        return count;
    }

    private double Add(long key, ref PortfolioHolding holding, in TradeFill theirs, bool wasReserved)
    {
        var (member, market) = (TradeKey.Member(key), holding.Market);
        var own = account.InstrumentOf(market).RoundQuantity(theirs.Quantity * holding.Scale);
        var fill = Priced(market, theirs, holding.Side, own);
        // A later part of a manual order had no signal, so its limits are checked now.
        if (policy.HoldsLimitsAtEveryBar || !wasReserved)
            own = Fitting(new PositionScope(member, market, holding.Side, CountsReserved: false), own, fill.Price);
        own = Shortable(key, market, holding.Side, own, fill.Time);
        var wanted = own;
        own = Affordable(market, fill, own);
        CashCut *= wanted / (holding.Quantity + wanted);
        own = volume.Take(market, fill, own);
        holding.Theirs += fill.Quantity;
        holding.Whole = default;
        if (own > 0)
        {
            fill = Priced(market, fill, holding.Side, own);
            var fee = FeeOf(key, market, fill, own);
            account.Enter(member, market, holding.Side, fill, own, fee);
            if (!fill.IsAtOpen && holding.Exposed.Time != fill.Time)
                holding.Exposed = (fill.Time, holding.EntryPrice, holding.Quantity);
            holding.Lot.Increase(own, fill.Price, fee);
            account.Record((ulong)key | 1UL << 62, (ulong)fill.Time);
            account.Record(fill.Price, own);
        }
        account.Holdings[key] = holding;
        return own;
    }

    // Quantity of a fill that the limits allow at its price. Its reservation is already released.
    private double Fitting(in PositionScope scope, double own, double price)
    {
        var instrument = account.InstrumentOf(scope.Market);
        var unit = Math.Abs(price) * instrument.Multiplier * account.RateOf(scope.Market);
        var room = rules.RoomFor(scope);
        return own * unit <= room ? own : Math.Max(0, instrument.RoundQuantity(room / unit));
    }

    // Quantity of an entry's fill that can be borrowed at the open of its bar.
    private double Shortable(long key, int market, Side side, double own, long time)
    {
        if (!(own > 0) || side == Side.Buy || !account.InstrumentOf(market).Borrow.IsGiven) return own;
        var part = Shortable(market, own, time, countsReserved: false);
        IsUnborrowed = !(part > 0);
        if (part > 0 && part < own) CountBorrowed(key);
        return part;
    }

    /// <summary>Counts an entry that was reduced to what could be borrowed; once, also if its signal and its fill were reduced.</summary>
    public void CountBorrowed(long key) => _borrowed.Add(key);

    /// <summary>Returns the part of a short entry that can be borrowed; 0 if it is to be refused.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <param name="countsReserved">Whether accepted entries that wait for their fill have their part.</param>
    public double Shortable(int market, double wanted, long time, bool countsReserved)
    {
        var instrument = account.InstrumentOf(market);
        var room = instrument.Borrow.AvailableAt(time) - account.QuantitiesIn(market).Shorts;
        if (countsReserved) room -= account.Reserved.ShortQuantityIn(market);
        return instrument.Borrow.PartOf(wanted, room, instrument);
    }

    // Quantity of an entry's fill that cash pays for at its price.
    private double Affordable(int market, in TradeFill fill, double own)
    {
        if (!(own > 0)) return own;
        var price = Terms is { } terms && account.RuleOf(market).DependsOnSize ? FillRule.Highest(terms, fill.Price) : fill.Price;
        // Only an entry that costs too much at its own price is cut.
        var payable = cash.Payable(market, own, fill.Price, fill.IsMaker) is var fits && fits == own ? own
            : cash.Payable(market, own, price, fill.IsMaker);
        if (payable == own) return own;
        if (policy.OnInsufficientCash == InsufficientCash.Reject) payable = 0;
        CashCut = 1 - payable / own;
        if (payable > 0) Resized++;
        return payable;
    }

    // ---- exits ----

    /// <summary>Applies a partial exit of a strategy's trade.</summary>
    /// <returns>The portfolio's quantity.</returns>
    public double Reduce(long key, ref PortfolioHolding holding, in TradeFill fill)
    {
        var instrument = account.InstrumentOf(holding.Market);
        // The strategy's last part closes the portfolio's whole remainder, so that rounding to lots leaves no position.
        var isLast = fill.Quantity >= holding.Theirs * LastPart;
        var own = isLast ? holding.Quantity : Math.Min(holding.Quantity, holding.PartOf(fill.Quantity, instrument));
        // The exchange takes a liquidated position over as a whole, whatever the volume of the bar.
        if (IsOwnLiquidation(key, holding, fill.Price)) volume.TakeWhole(holding.Market, fill, own);
        else own = volume.Take(holding.Market, fill, own);
        holding.Theirs -= fill.Quantity;
        Exit(key, ref holding, Priced(holding.Market, fill, (Side)(-(int)holding.Side), own), own);
        return own;
    }

    /// <summary>Books a partial exit; the trade stays open until it is settled.</summary>
    public void Exit(long key, ref PortfolioHolding holding, in TradeFill fill, double own)
    {
        if (own > 0)
        {
            var fee = FeeOf(key, holding.Market, fill, own);
            BoundLoss(key, ref holding, fill.Price, own, fee);
            holding.OnlyExit = !holding.IsParted && (Terms is not null || _liquidated.ContainsKey(key)) ? fill.Price : double.NaN;
            holding.Lot.Reduce(own, fill.Price, fee);
            (holding.LastExit, holding.LastReason) = (fill.Time, fill.Reason);
            var timeframe = account.Member(TradeKey.Member(key)).Timeframe;
            holding.LastExitBars = (int)(held.EntryBar(holding.Market, timeframe, fill.Time) - holding.EntryBar);
            account.Exit(new PortfolioFill(TradeKey.Member(key), TradeKey.Number(key), holding.Market, holding.Side, PortfolioFillKind.Exit,
                fill.Time, fill.Price, own, fee), holding.EntryPrice);
            account.Record((ulong)key | 3UL << 62, (ulong)fill.Time);
            account.Record(fill.Price, own);
        }
        account.Holdings[key] = holding;
    }

    /// <summary>Returns the closed parts of a trade that is open at the end, as one closed trade.</summary>
    /// <returns>Null where the portfolio has no part in it, or has closed nothing of it.</returns>
    public PortfolioTrade? ClosedPart(int member, int number)
    {
        if (!account.Holdings.TryGetValue(TradeKey.Of(member, number), out var holding) || !holding.IsParted) return null;
        var (market, closed, price) = (holding.Market, holding.Lot.Closed, holding.Lot.ExitPrice);
        return new PortfolioTrade(member, new Trade(number, holding.Side, closed, holding.EntryTime, holding.EntryTime,
            holding.Lot.OwnEntryPrice,
            holding.LastExit, price - holding.Lot.ExitGaps / closed, ProfitOf(holding, price, closed),
            holding.Lot.ClosedFees, holding.LastExitBars, holding.LastReason, double.NaN, double.NaN)
        {
            SymbolIndex = account.SymbolOf(member, market),
            Financing = holding.Lot.ClosedFinancing,
            RollProfit = RollProfitOf(holding, closed, closed: true),
        }.In(account.RateOf(market)), holding.Weight);
    }

    private double RollProfitOf(in PortfolioHolding holding, double quantity, bool closed) =>
        holding.Lot.RollProfit(quantity, closed, account.InstrumentOf(holding.Market).Multiplier);

    private double ProfitOf(in PortfolioHolding holding, double exit, double quantity) =>
        holding.Lot.Profit(exit, quantity, account.InstrumentOf(holding.Market).Multiplier);

    // The quantity that is open at the end, at the last close that the portfolio has marked: a strategy of longer bars has an earlier one.
    // It shares entry fees and financing with the closed part by quantity.
    private PortfolioTrade OpenPart(int member, in Trade trade, in PortfolioHolding holding)
    {
        var price = account.CloseOf(holding.Market);
        return new PortfolioTrade(member, (trade with
        {
            Quantity = holding.Quantity,
            EntryPrice = holding.Lot.OwnEntryPrice,
            ExitPrice = price,
            Profit = ProfitOf(holding, price, holding.Quantity),
            Commission = holding.Lot.OpenFees,
            Financing = holding.Lot.OpenFinancing,
            RollProfit = RollProfitOf(holding, holding.Quantity, closed: false),
        }).In(account.RateOf(holding.Market)), holding.Weight);
    }

    /// <summary>A strategy's trade was closed, or is open at the end.</summary>
    /// <returns>The portfolio's trade, for an open trade its open part; null if it has no part in it.</returns>
    public PortfolioTrade? Settle(int member, in Trade trade)
    {
        var key = TradeKey.Of(member, trade.Number);
        ChargeNights(trade.ExitTime);
        if (!account.Holdings.TryGetValue(key, out var holding)) return null;
        if (trade.Reason == ExitReason.Open) return OpenPart(member, trade, holding);
        var market = holding.Market;
        // The quantity that was not closed in parts is closed now.
        var exit = !holding.IsParted ? trade.ExitPrice
            : holding.Quantity == 0 && !double.IsNaN(holding.OnlyExit) ? holding.OnlyExit
            : (holding.Lot.ExitNotional + trade.ExitPrice * holding.Quantity) / holding.Entered;
        var profit = ProfitOf(holding, exit, holding.Entered);
        var fee = FeeOfTrade(holding, trade);
        account.Holdings.Remove(key);
        waiting.Remove(key);
        cash.Forget(key);
        account.Fees.Forget(key);
        account.CloseTrade(market);
        account.Exit(new PortfolioFill(member, trade.Number, market, holding.Side, PortfolioFillKind.Exit, trade.ExitTime,
            trade.ExitPrice, holding.Quantity, fee - holding.Lot.Fees), holding.EntryPrice);
        if (_liquidated.Count > 0 && _liquidated.ContainsKey(key)) TakeMargin(key, ref holding, exit, fee);
        else BoundLoss(key, ref holding, trade.ExitPrice, holding.Quantity, fee - holding.Lot.Fees);
        if (account.OpenTrades == 0 && (account.Cash <= account.StartingCash * EquityRounding || account.IsLiquidating))
            WriteOff(ref holding);
        account.Record((ulong)key | 1UL << 63, (ulong)trade.ExitTime);
        account.Record(exit, profit - fee);
        var own = (trade with
        {
            Quantity = holding.Entered,
            EntryPrice = holding.Lot.OwnEntryPrice,
            ExitPrice = holding.Lot.ExitGaps == 0 ? exit : exit - holding.Lot.ExitGaps / holding.Entered,
            RollProfit = RollProfitOf(holding, holding.Entered, closed: true),
            Profit = profit,
            Commission = fee,
            Financing = holding.Lot.Financing,
        }).In(account.SettleCurrency(market, profit - fee + holding.Lot.Financing, trade.ExitTime));
        Closed?.Add(own.Return(account.InstrumentOf(market).Multiplier));
        return new PortfolioTrade(member, own, holding.Weight);
    }

    // A trade that was booked fill by fill has its own fees; otherwise it pays the strategy's fees in proportion.
    private double FeeOfTrade(in PortfolioHolding holding, in Trade trade)
    {
        var wasCut = holding.IsParted || policy.HoldsLimitsAtEveryBar;
        if (!wasCut && account.Fees.IsProportional(holding.Market))
        {
            account.Fees.Count(holding.Market, trade.ExitTime, trade.ExitPrice, holding.Quantity);
            return trade.Commission / trade.Rate * holding.Scale;
        }
        // The quantity that no fill has closed is closed now, as by one market order.
        return holding.Lot.Fees
            + (holding.Quantity > 0 ? account.Fees.OfOrder(holding.Market, trade.ExitTime, trade.ExitPrice, holding.Quantity) : 0);
    }

    /// <summary>A trade with isolated margin is about to be liquidated.</summary>
    public void BeginLiquidation(long key)
    {
        if (account.Execution.Margin != MarginMode.Isolated || !account.Holdings.TryGetValue(key, out var holding)) return;
        _liquidated[key] = holding.Lot;
    }

    // A loss beyond the margin of what an order closes is the exchange's.
    private void BoundLoss(long key, ref PortfolioHolding holding, double price, double quantity, double fee)
    {
        if (account.Execution.Margin != MarginMode.Isolated || !(quantity > 0) || _liquidated.ContainsKey(key)) return;
        var left = account.MarginOf(holding.Market).Left(holding.Side, holding.EntryPrice, quantity, price, fee);
        if (!(left < 0)) return;
        account.Finance(holding.Market, -left);
        holding.Lot.Financing -= left;
    }

    // Whether a price at which a strategy's trade is liquidated reaches the liquidation price of the portfolio's part.
    private bool IsOwnLiquidation(long key, in PortfolioHolding holding, double price)
    {
        if (_liquidated.Count == 0 || !_liquidated.TryGetValue(key, out var before)) return false;
        var level = account.MarginOf(holding.Market).PriceOf(holding.Side, holding.EntryPrice, before.Quantity);
        return !((int)holding.Side * (price - level) > LevelRounding * level);
    }

    // The exchange takes a liquidated trade over with what is left of its margin; a loss beyond the margin is the exchange's. A trade whose
    // own liquidation price was not reached only follows its strategy.
    private void TakeMargin(long key, ref PortfolioHolding holding, double exit, double fee)
    {
        var before = _liquidated[key];
        var quantity = before.Quantity;
        var price = (exit * holding.Entered - before.ExitNotional) / quantity;
        var isOwn = IsOwnLiquidation(key, holding, price);
        _liquidated.Remove(key);
        if (!isOwn) return;
        var margin = account.MarginOf(holding.Market);
        var left = margin.Left(holding.Side, holding.EntryPrice, quantity, price, fee - before.Fees);
        // As an account books it, per unit.
        var taken = -left / quantity * quantity;
        account.Finance(holding.Market, taken);
        holding.Lot.Financing += taken;
    }

    // The last trade has left no equity, or a debt: the broker bears the loss beyond zero, and the account is closed.
    private void WriteOff(ref PortfolioHolding last)
    {
        var missing = account.CloseRuined();
        if (Math.Abs(missing) <= account.StartingCash * EquityRounding) return;
        last.Lot.Financing += missing / account.RateOf(last.Market);
        account.BookWriteOff(missing);
    }

    // ---- financing and splits ----

    /// <summary>Books financing that a strategy reports of a trade, per unit of its quantity before splits that it reports later.</summary>
    public void Finance(long key, in FinancingEvent paid)
    {
        ChargeNights(paid.Time);
        if (!account.Holdings.TryGetValue(key, out var holding)) return;
        var quantity = holding.SplitsAhead > 0 ? holding.Quantity / holding.AheadRatio : holding.Quantity;
        if (paid.Kind == FinancingKind.Funding)
        {
            var sum = paid.Amount * quantity;
            account.Funding.Add(holding.Market, sum * account.RateOf(holding.Market), paid.Time);
            if (!paid.IsAtOpen)
                holding.FundedWithin = (paid.Time, (holding.FundedWithin.Time == paid.Time ? holding.FundedWithin.Amount : 0) + sum);
        }
        if (paid.Kind == FinancingKind.BorrowFee) account.Costs.AddFee(holding.Market, -paid.Amount * quantity);
        Finance(key, holding, paid.Amount, quantity, paid.Time);
    }

    /// <summary>Takes back the fundings within a bar at whose open a trade is liquidated.</summary>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void TakeBackFunding(long key, long time)
    {
        var holding = account.Holdings[key];
        if (holding.FundedWithin.Time != time || holding.FundedWithin.Amount is not (not 0 and var sum)) return;
        Finance(key, holding, -sum, 1, time);
        account.Funding.Add(holding.Market, -sum * account.RateOf(holding.Market), time);
    }

    private void Finance(long key, PortfolioHolding holding, double amount, double quantity, long time)
    {
        var sum = amount * quantity;
        account.Finance(holding.Market, sum);
        holding.Lot.Financing += sum;
        account.Holdings[key] = holding;
        account.Record((ulong)key | 1UL << 61, (ulong)time);
        account.Record(amount, sum);
    }

    /// <summary>
    /// Charges the interest of the portfolio's own margin loan for the nights since the last call, at the last closes; each long position
    /// bears its part by value. It is charged before the first fill or close of a later day, as in a strategy's own account.
    /// </summary>
    public void ChargeNights(long time)
    {
        account.Reach(time);
        account.BookInterest(time);
        var rates = new FinancingRate(account.Execution, BorrowSeries.None);
        if (!rates.ChargesInterest || FinancingRate.Nights(ref _financedTo, time) is not (> 0 and var days)) return;
        if (account.Holdings.Count == 0 || !(account.MarginPart() is > 0 and var lent)) return;
        var rate = lent * rates.Interest(days);
        foreach (var key in account.Holdings.Keys.Order().ToList())
        {
            var holding = account.Holdings[key];
            var instrument = account.InstrumentOf(holding.Market);
            if (holding.Side == Side.Buy && !(instrument.MarginPerUnit > 0))
                Finance(key, holding, -account.CloseOf(holding.Market) * instrument.Multiplier * rate, holding.Quantity, time);
        }
    }

    /// <summary>
    /// Applies a split that a strategy reports. The first report splits all positions of the portfolio in the instrument, so all have
    /// the same price.
    /// </summary>
    public void Split(long trade, long time, long exDate, double ratio)
    {
        ChargeNights(time);
        if (!account.Holdings.TryGetValue(trade, out var first)) return;
        var market = first.Market;
        if (_splits.Add((market, exDate)))
        {
            foreach (var key in account.Holdings.Keys.Order().ToList())
                if (account.Holdings[key].Market == market && IsBefore(key, exDate))
                    SplitAhead(key, time, ratio);
            account.Mark(market, account.CloseOf(market) / ratio);
            account.Record((ulong)(uint)market | 5UL << 61, (ulong)exDate);
            account.Record(ratio, account.NetOf(market));
        }
        // A trade of another timeframe may have been entered between the first report and its own.
        if (account.Holdings[trade].SplitsAhead == 0) SplitAhead(trade, time, ratio);
        var own = account.Holdings[trade];
        own.SplitsAhead--;
        own.AheadRatio /= ratio;
        account.Holdings[trade] = own;
    }

    /// <summary>
    /// Makes a roll that a strategy reports. The first report moves all positions of the portfolio in the instrument, so all have the
    /// same contract.
    /// </summary>
    public void Roll(long trade, in RollEvent roll)
    {
        ChargeNights(roll.Time);
        if (account.Holdings.TryGetValue(trade, out var first) && first.Changes <= roll.Change)
            Roll(first.Market, roll.Change, roll.BarAt(account.InstrumentOf(first.Market).Changes[roll.Change].NewPrice), trade);
    }

    /// <summary>Moves all positions in an instrument that were entered before a roll to the next contract.</summary>
    /// <param name="number">The index of the roll among the instrument's changes.</param>
    /// <param name="bar">The new contract's.</param>
    /// <param name="reported">A trade that moves whenever it was entered; 0 for none.</param>
    public void Roll(int market, int number, in Bar bar, long reported = 0)
    {
        var change = account.InstrumentOf(market).Changes[number];
        var moved = false;
        foreach (var key in account.Holdings.Keys.Order().ToList())
        {
            var holding = account.Holdings[key];
            if (holding.Market != market || holding.Changes > number) continue;
            if (key != reported && holding.EntryTime >= bar.Time) continue;
            RollOne(key, holding, change, number, bar);
            moved = true;
        }
        if (!moved) return;
        account.Mark(market, account.CloseOf(market) + change.Gap);
        account.Record((ulong)(uint)market | 7UL << 61, (ulong)bar.Time);
        account.Record(change.Gap, account.NetOf(market));
    }

    private void RollOne(long key, PortfolioHolding holding, ListingChange change, int number, in Bar bar)
    {
        var (market, side, quantity) = (holding.Market, holding.Side, holding.Quantity);
        holding.Changes = number + 1;
        if (quantity > 0)
        {
            var (sold, bought) = account.RuleOf(market).RollPrices(change, side, quantity, bar);
            var opens = new PortfolioFill(TradeKey.Member(key), TradeKey.Number(key), market, side, PortfolioFillKind.Roll, bar.Time,
                bought, quantity, account.Fees.OfOrder(market, bar.Time, bought, quantity));
            var closes = opens with
            {
                Price = sold,
                Quantity = -quantity,
                Commission = account.Fees.OfOrder(market, bar.Time, sold, quantity),
            };
            account.Roll(closes, opens, holding.EntryPrice);
            holding.Lot.Roll(bought - sold);
            holding.Lot.Fees += closes.Commission + opens.Commission;
            if (holding.Exposed.Quantity > 0) holding.Exposed.EntryPrice += bought - sold;
            if (!double.IsNaN(holding.OnlyExit)) holding.OnlyExit += bought - sold;
        }
        account.Holdings[key] = holding;
    }

    // Whether a trade was entered before a split took effect in the bars of its strategy.
    private bool IsBefore(long key, long exDate) => account.Holdings[key].EntryTime
        < new CorporateAction(exDate, 1, 0).From(account.Member(TradeKey.Member(key)).Timeframe);

    private void SplitAhead(long key, long time, double ratio)
    {
        var holding = account.Holdings[key];
        account.Split(new PortfolioFill(TradeKey.Member(key), TradeKey.Number(key), holding.Market, holding.Side, PortfolioFillKind.Split,
            time, 0, holding.Quantity * (ratio - 1), 0));
        holding.Lot.Split(ratio);
        holding.Theirs *= ratio;
        holding.Whole = (holding.Whole.Own * ratio, holding.Whole.Theirs * ratio);
        holding.AheadRatio = holding.SplitsAhead++ == 0 ? ratio : holding.AheadRatio * ratio;
        account.Holdings[key] = holding;
    }
}
